// The lanes of the ladder: one for each host, the student's machine first, the others as they appear. Their heads are
// an HTML list, which the style sheet spreads over the width that there is; what is drawn goes by where they are.
import { drawing, element } from "./element.js";

export class Lanes {
  #heads;
  #lines;
  #student;
  #lanes = new Map(); // by the host's name, or its address where it has none: {name, head, line, x}
  #shape = ""; // where all was at the last look

  unit = 1; // CSS pixels of one pixel of the drawing: more than one where the reader's letters are larger
  width = 0; // in pixels of the drawing, as are the lanes' x

  // `student`: the name of the student's machine.
  constructor(heads, lines, student) {
    this.#heads = heads;
    this.#lines = lines;
    this.#student = student;
  }

  // The lanes of endpoints {host, address}.
  enter(ends) {
    return ends.map((end) => this.#lanes.get(end.host || end.address) ?? this.#open(end));
  }

  // Looks where the lanes are now; says whether anything has changed.
  settle() {
    const lanes = [...this.#lanes.values()];
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    this.width = this.#heads.offsetWidth / this.unit;
    for (const lane of lanes) lane.x = Math.round((lane.head.offsetLeft + lane.head.offsetWidth / 2) / this.unit);
    const shape = [this.unit, this.width, ...lanes.map(({ x }) => x)].join(" ");
    if (shape === this.#shape) return false;
    this.#shape = shape;
    for (const { line, x } of lanes) setAll(line, { x1: x * this.unit, x2: x * this.unit });
    return true;
  }

  // The room of what stands between these places: up to the lanes beside them, or to the drawing's ends.
  around(left, right) {
    const places = [...this.#lanes.values()].map(({ x }) => x);
    const before = places.filter((x) => x < left);
    const after = places.filter((x) => x > right);
    return [before.length ? Math.max(...before) : 0, after.length ? Math.min(...after) : this.width];
  }

  #open({ host, address }) {
    const name = host || address;
    const head = element("li", { title: host ? `${host}, ${address}` : address }, drawName(name));
    if (host) head.append(" ", element("span", {}, address));
    const lane = { name, head, line: drawing("line", { y1: 0, y2: "100%" }), x: 0 };
    this.#lanes.set(name, lane);
    if (name === this.#student) this.#heads.prepend(head);
    else this.#heads.append(head);
    this.#lines.append(lane.line);
    return lane;
  }
}

// A name that is wider than its lane breaks after a dot.
function drawName(name) {
  const labels = name.split(/(?<=\.)/);
  return element("strong", {}, ...labels.flatMap((label) => [label, element("wbr")]).slice(0, -1));
}

export function setAll(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
}
