// Turns a description (protocols/description.py) into an element of the transcript: the one way in which an event is
// drawn, at the first load, live, and in a replay.
import { element } from "./element.js";
import { DOTS } from "./secret.js";

const SIDES = { C: "Client", S: "Server" };

// `context`: the line's number, the phase to mark (null: none), whether the phase begins here, the time to show,
// whether it arrived just now, and the typed line that it comes of, to stand above an output; whether it belongs to a data
// connection, and the number of the line that arranged that; whether the student's client made it of a user's command.
// Returns null for an event that has nothing to show.
export function drawLine(description, context) {
  const row = drawRow(description, context);
  if (!row) return null;
  const item = element("li", { class: classes(description, context), "data-seq": description.seq });
  if (context.newPhase && context.phase) item.append(element("span", { class: "phase" }, context.phase));
  item.append(row);
  return item;
}

// The heading of a connection whose lines go on after those of another.
export function drawHeadingAgain([title], isData) {
  const row = element("div", { class: "row" }, element("strong", {}, title), " ", element("span", {}, "goes on"));
  return element("li", { class: isData ? "heading data" : "heading" }, row);
}

// The heading of messages that go without a connection: who sends to whom, and where the server is.
export function drawWay(route, side) {
  const [from, to] = route.map(({ host, address }) => host || address);
  const server = side === "C" ? route[1] : route[0];
  const where = `${side === "C" ? "to" : "from"} ${server.address} port ${server.port}`;
  const row = element("div", { class: "row" }, element("strong", {}, `${from} → ${to}`), " ", element("span", {}, where));
  return element("li", { class: "heading way" }, row);
}

// What stands on a line that shows that a goal is met.
export function drawProof(number) {
  return element("span", { class: "proves" }, `✓ goal ${number}`);
}

function drawRow(description, context) {
  if (description.heading) return drawHeading(description, context);
  if (isOfProgram(description)) return drawOutput(description, context);
  if (description.parts) return drawWire(description, context);
  return description.note ? drawNote(description) : null;
}

function drawHeading({ heading: [title, rest], because }, { cause }) {
  const button = element("button", { class: "choose", type: "button", tabindex: -1 }, title);
  const row = element("div", { class: "row" }, button, element("span", {}, rest));
  const way = cause && element("button", { class: "leads", type: "button", "data-leads-to": because }, `line ${cause}`);
  if (way) row.append(element("span", {}, ", "), way);
  return row;
}

function classes(description, { phase, newPhase, arrived, isData, isMade }) {
  return [
    description.heading ? "heading" : isOfProgram(description) ? "output" : description.parts ? "line" : "note",
    `kind-${description.kind}`,
    !description.conn && "apart",
    description.side && `side-${description.side}`,
    description.tone && `tone-${description.tone}`,
    phase && "in-phase",
    newPhase && "new-phase",
    isData && "data",
    isMade && "made",
    description.facts?.became && "became",
    arrived && "arrived",
  ]
    .filter(Boolean)
    .join(" ");
}

function drawWire(description, { number, time, isData }) {
  const row = element("div", { class: "row" }, drawChoose(description, number), drawSide(description.side));
  const said = isData ? drawFolded(description) : drawSaid(description);
  row.append(said, element("span", { class: "when" }, time ?? ""));
  if (description.note && !isData) row.append(element("p", { class: "line-note" }, description.note));
  if (description.help) row.append(element("p", { class: "line-help" }, description.help));
  return row;
}

// What a program printed or read, and not what went over a wire.
function isOfProgram({ parts, side, program }) {
  return Boolean(program || (parts && !side));
}

// What a program printed, and what was typed to get it.
function drawOutput({ parts }, { typed }) {
  const prompt = element("span", { "aria-hidden": true }, "› ");
  const caption = typed === undefined ? null : element("p", { class: "typed" }, prompt, typed);
  // It may be wider than the page, and then is scrolled, by keys too.
  const name = { tabindex: 0, role: "group", "aria-label": "Output" };
  const printed = parts ? element("pre", name, ...drawPieces(parts)) : null;
  return element("div", { class: "row" }, caption, printed);
}

function drawNote(description) {
  const row = element("div", { class: "row" }, description.explanation && drawChoose(description));
  row.append(element("p", { class: "says" }, description.note));
  if (description.help) row.append(element("p", { class: "line-help" }, description.help));
  return row;
}

function drawChoose(description, number) {
  if (!description.explanation) return element("span", { class: "choose" }, number);
  const label = number ? `Line ${number}` : "Explain";
  return element("button", { class: "choose", type: "button", tabindex: -1, "aria-label": label }, number ?? "?");
}

function drawSide(side) {
  return element("span", { class: "side", role: "img", "aria-label": SIDES[side] }, side);
}

// A file's octets are many, and not what is talked about: they unfold. A list is what was asked for.
function drawFolded({ parts, note, facts }) {
  const isList = Boolean(facts?.list);
  // Its columns stand below each other, so it may be wider than the page, and then is scrolled, by keys too.
  const columns = isList ? { class: "bytes list", tabindex: 0, role: "group", "aria-label": "List" } : { class: "bytes" };
  const octets = element("div", columns, ...drawPieces(parts));
  return element("details", { class: "folded", open: isList }, element("summary", {}, note ?? "One line"), octets);
}

function drawSaid({ parts, aside }) {
  const bytes = element("span", { class: "bytes" }, ...drawPieces(parts));
  return aside ? element("span", { class: "said" }, bytes, " ", element("span", { class: "aside" }, aside)) : bytes;
}

function drawPieces(parts) {
  return parts.map(([style, text]) => {
    if (style === "text") return text;
    return style === "secret" ? drawSecret() : element("span", { class: `part-${style}` }, text);
  });
}

// Whoever looks over a shoulder reads no password here; whoever listens on the wire does.
function drawSecret() {
  const dots = element("span", { class: "part-secret", "aria-hidden": "true" }, DOTS);
  return element("span", {}, dots, element("span", { class: "aside" }, " in the clear under Wire"));
}
