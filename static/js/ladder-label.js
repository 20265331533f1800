// What stands on an arrow of the ladder: the line's parts, or what the event is where it is no line.
import { sayOctets } from "./data-connection.js";
import { DOTS } from "./secret.js";

const NOTHING_WRONG = "NOERROR"; // DNS's code for that, which goes without saying where there is an answer

// Parts [style, text] of one line.
export function labelOf({ kind, parts, route, facts }) {
  if (kind === "opened") return [["aside", sayPorts(route, facts)]];
  if (kind === "transferred") return [["text", sayOctets(facts.length)]];
  const line = firstLine(parts);
  const answer = textOf(line.slice(1)).trim();
  if (answer && textOf(line.slice(0, 1)) === NOTHING_WRONG) return withoutSpace(line.slice(1));
  return textOf(line) ? line : [["aside", "an empty line"]];
}

export function textOf(parts) {
  return parts.map(([, text]) => text).join("");
}

// FTP's server opens a data connection itself in active mode, from a port that says so.
function sayPorts([client, server], facts) {
  if (facts?.opener === "S") return `connects from port ${server.port} to port ${client.port}`;
  return `connects to port ${server.port}`;
}

function withoutSpace([[style, text], ...others]) {
  return [[style, text.trimStart()], ...others];
}

// A block has many lines, and an arrow is one.
function firstLine(parts) {
  const line = [];
  for (const [style, text] of parts.map(hideSecret)) {
    const [first, ...more] = text.split("\n");
    line.push([style, first]);
    if (more.length) return [...line, ["text", " …"]];
  }
  return line;
}

function hideSecret([style, text]) {
  return style === "secret" ? [style, DOTS] : [style, text];
}
