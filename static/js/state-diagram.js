// Draws a state machine, the present state lit.
import { drawing } from "./element.js";

const CELL = { width: 116, height: 72 };
const CELL_WITH_VERBS = { width: 176, height: 92 };
const BOX = { width: 88, height: 30 };
const BEYOND = 9; // px outside of its row, for what bends an arrow around a state
const NEAR = 0.3; // of an upright arrow, where its verb stands
const LETTER = 6.1; // px, of a verb
const APART = 7; // px between the two arrows of a pair of states

// Of a lesson: `states`: {name, place: [column, row]}; `arrows`: {from, verb, to}; `subject`: what has the states, and
// `none`: the sentence for when there is none. `withVerbs`: write on each arrow what is said to go that way.
export function drawMachine({ states, arrows, subject, none }, present, withVerbs = false) {
  const columns = Math.max(...states.map(({ place }) => place[0])) + 1;
  const rows = Math.max(...states.map(({ place }) => place[1])) + 1;
  const cell = withVerbs ? CELL_WITH_VERBS : CELL;
  const size = { width: columns * cell.width, height: rows * cell.height };
  const label = `State machine. ${present ? `The ${subject} is in ${present}.` : none}`;
  const svg = drawing("svg", {
    class: "machine",
    role: "img",
    "aria-label": label,
    viewBox: `0 0 ${size.width} ${size.height}`,
    width: size.width,
    height: size.height,
  });
  const boxes = new Map(states.map((state) => [state.name, centre(state.place, cell)]));
  svg.append(...join(arrows).flatMap((arrow) => drawArrow(arrow, boxes, cell, withVerbs)));
  svg.append(...states.map((state) => drawState(state.name, boxes.get(state.name), state.name === present)));
  return svg;
}

function centre([column, row], { width, height }) {
  return { x: (column + 0.5) * width, y: (row + 0.5) * height };
}

// One arrow for all verbs that lead from one state to another.
function join(arrows) {
  const joined = new Map();
  for (const { from, verb, to } of arrows) {
    const key = JSON.stringify([from, to]);
    joined.set(key, joined.get(key) ?? { from, to, verbs: [] });
    joined.get(key).verbs.push(verb);
  }
  for (const arrow of joined.values()) arrow.paired = joined.has(JSON.stringify([arrow.to, arrow.from]));
  return [...joined.values()];
}

function drawState(name, { x, y }, isPresent) {
  const { width, height } = BOX;
  const box = drawing("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: height / 2 });
  const text = drawing("text", { x, y: y + 4 }, name);
  return drawing("g", { class: isPresent ? "present" : null }, box, text);
}

function drawArrow({ from, to, verbs, paired }, boxes, cell, withVerbs) {
  const others = [...boxes].filter(([name]) => name !== from && name !== to).map(([, box]) => box);
  const straight = goStraight(boxes.get(from), boxes.get(to), paired ? APART : 0);
  const isFree = !others.some((box) => crosses(straight.start, straight.end, box));
  const way = isFree ? straight : goAbove(boxes.get(from), boxes.get(to), cell);
  const { start, end, bend } = way;
  const d = `M${start.x} ${start.y}Q${bend.x} ${bend.y} ${end.x} ${end.y}`;
  const drawn = [drawing("path", { class: "arrow", d }), head(bend, end)];
  if (withVerbs) drawn.push(...drawVerbs(verbs.map(nameOf).join(" "), placeVerb(way)));
  return drawn;
}

// On a ground of their own: an arrow would be seen between two of them.
function drawVerbs(text, { x, y }) {
  const width = text.length * LETTER;
  const ground = drawing("rect", { class: "ground", x: x - width / 2, y: y - 8, width, height: 11 });
  return [ground, drawing("text", { class: "verb", x, y }, text)];
}

// `start`, `end`, and `bend`: the point that bends the way between them.
function goStraight(from, to, apart) {
  const [a, b] = shift(from, to, apart);
  const start = border(a, b, from);
  const end = border(b, a, to);
  return { start, end, bend: middle(start, end) };
}

// Around the states between two of one row.
function goAbove(from, to, cell) {
  const bend = { x: (from.x + to.x) / 2, y: Math.min(from.y, to.y) - cell.height / 2 - BEYOND };
  return { start: border(from, bend, from), end: border(to, bend, to), bend };
}

// The dot that ends a message is hard to see on an arrow.
function nameOf(verb) {
  return verb === "." ? "a lone dot" : verb;
}

function shift(a, b, by) {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const dx = ((b.y - a.y) / length) * by;
  const dy = ((a.x - b.x) / length) * by;
  return [
    { x: a.x + dx, y: a.y + dy },
    { x: b.x + dx, y: b.y + dy },
  ];
}

// Where the line from `a` (in the box around `box`) to `b` leaves that box.
function border(a, b, box) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const acrossX = dx ? (box.x + (Math.sign(dx) * BOX.width) / 2 - a.x) / dx : Infinity;
  const acrossY = dy ? (box.y + (Math.sign(dy) * BOX.height) / 2 - a.y) / dy : Infinity;
  const part = Math.min(acrossX, acrossY);
  return { x: a.x + dx * part, y: a.y + dy * part };
}

function crosses(start, end, box) {
  return [...Array(21).keys()].some((step) => {
    const x = start.x + ((end.x - start.x) * step) / 20;
    const y = start.y + ((end.y - start.y) * step) / 20;
    return Math.abs(x - box.x) < BOX.width / 2 && Math.abs(y - box.y) < BOX.height / 2;
  });
}

function head(start, end) {
  const angle = Math.atan2(end.y - start.y, end.x - start.x);
  const corner = (turn) => `${end.x - 8 * Math.cos(angle + turn)} ${end.y - 8 * Math.sin(angle + turn)}`;
  return drawing("path", { class: "head", d: `M${end.x} ${end.y}L${corner(0.4)}L${corner(-0.4)}z` });
}

// In the middle of the way; upright, nearer to its start, where the verb of the arrow that comes back is not.
function placeVerb({ start, end, bend }) {
  const { x, y } = middle(middle(start, end), bend);
  const isUpright = Math.abs(end.x - start.x) < 1;
  return { x, y: (isUpright ? start.y + (end.y - start.y) * NEAR : y) + 3 };
}

function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
