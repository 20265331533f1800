// What can stand at a place of an exercise: found by the keys that lead there, and offered from the server's tables.

const KEY = /^( *(?:- +)*)([\w -]*\w) *:(?: +(.*))?$/;
const A_TEXT = /^[|>]/; // after a key: a text of several lines begins

// A completion source for the editor. `places`: by a place's name its keys, each with `words`, `to` (the place within it)
// and `choices` (the values that it can have).
export function completeIn(places) {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const found = findPath(linesAbove(context.state.doc, line.number), before);
    const here = found && walk(places, found.path);
    if (!here) return null;
    const word = (found.key ? /[\w.-]*$/ : /[\w ]*$/).exec(before)[0].trimStart();
    if (!word && !context.explicit) return null;
    const options = found.key ? offerValues(here, found.key) : offerKeys(here);
    return options.length ? { from: context.pos - word.length, options, validFor: /^[\w .-]*$/ } : null;
  };
}

function linesAbove(doc, number) {
  return Array.from({ length: number - 1 }, (_, place) => doc.line(place + 1).text);
}

function walk(places, path) {
  let name = "exercise";
  for (const key of path) name = places[name]?.find((each) => each.key === key)?.to;
  return places[name];
}

function offerKeys(here) {
  return here.map(({ key, words }) => ({ label: key, apply: `${key}: `, detail: words }));
}

function offerValues(here, key) {
  return (here.find((each) => each.key === key)?.choices ?? []).map((choice) => ({ label: choice }));
}

// The keys that lead to the end of `before`, which stands below `lines`: {path, key}, where `key` is the one whose value
// is being written, and null where a key is. Null where a text of several lines is being written.
export function findPath(lines, before) {
  const [, indent, rest] = /^( *(?:- +)*)(.*)$/.exec(before);
  const block = findBlock(lines, indent.length);
  const flow = readFlow(rest);
  return block && { path: [...block, ...flow.path], key: flow.key };
}

// Keys that stand further left, each above those that it leads to.
function findBlock(lines, column) {
  const path = [];
  for (const line of lines.toReversed()) {
    const [, before, key, value] = KEY.exec(line) ?? [];
    if (!key || before.length >= column) continue;
    if (A_TEXT.test(value ?? "")) return null;
    path.unshift(key);
    column = before.length;
  }
  return path;
}

// Keys on one line: those whose braces are open.
function readFlow(text) {
  const open = [{ isList: false, key: null }];
  let word = "";
  for (const [token] of text.matchAll(/"[^"]*"?|'[^']*'?|:(?= |$)|[{}[\],]|[^"'{}[\],:]+|:/g)) {
    const here = open.at(-1);
    if (token === ":" && !here.isList) here.key = word.trim() || here.key;
    else if (token === "{" || token === "[") open.push({ isList: token === "[", key: null });
    else if ((token === "}" || token === "]") && open.length > 1) open.pop();
    else if (token === "," && !here.isList && open.length > 1) here.key = null;
    word = token;
  }
  const path = open.slice(0, -1).flatMap(({ key }) => key ?? []);
  const last = open.at(-1);
  return { path, key: last.isList ? (path.pop() ?? null) : last.key };
}
