// One arrow of the ladder: where it goes, what is written on it, and how it is called.
import { drawing, element } from "./element.js";
import { setAll } from "./ladder-lanes.js";
import { labelOf, textOf } from "./ladder-label.js";
import { cut, widthOf } from "./text-width.js";

// Pixels of the drawing, which grow with the reader's letters. From the top of an arrow's row:
const LABEL = 19; // the line that the label stands on
const SHAFT = 27;
const ASIDE = 42;
const HIGH = 52; // a row with a place for asides
const LOW = 37; // one without
const HEAD = { length: 11, half: 5 };
const GAP = { tail: 2, tip: 3 }; // between a lane and an arrow's ends
const LOOP = { width: 26, half: 6 }; // what a host sends to itself
const INDENT = 8; // of the text from the arrow's left end
const MARGIN = { left: 40, right: 12, lane: 6 }; // beside any text
const LONGEST = 72; // letters of a label

export class Arrow {
  #label; // [style, text] each
  #asides; // what is shown below
  #names; // and how each is read out
  #begins; // the arrow's name up to there
  #from;
  #to; // lanes
  #height;
  #lanes = null; // as they were when the arrow was placed
  #wrap;
  #svg;
  #number = drawing("text", { class: "rung-number", x: INDENT, y: SHAFT + 4 });
  #shaft = drawing("path", { class: "shaft" });
  #head = drawing("path", { class: "head" });
  #text = drawing("text", { class: "label", y: LABEL });
  #small = drawing("text", { class: "aside", y: ASIDE });

  constructor(description, asides, [from, to]) {
    const { seq, kind, number, explanation } = description;
    this.#label = labelOf(description);
    this.#asides = asides;
    this.#names = [...asides];
    this.#begins = `${number ? `Line ${number}: ` : ""}${from.name} to ${to.name}: ${textOf(this.#label)}`;
    this.#from = from;
    this.#to = to;
    this.#height = kind === "message" || asides.length ? HIGH : LOW; // of a message more may be known later
    this.#number.append(number ?? "");
    this.#svg = drawing("svg", { "aria-hidden": true });
    this.#svg.append(this.#number, this.#text, this.#small, this.#shaft, this.#head);
    const attributes = explanation ? { type: "button", tabindex: -1 } : { role: "img" };
    this.#wrap = element(explanation ? "button" : "div", { class: "rung", ...attributes }, this.#svg);
    this.item = element("li", { class: classes(description), "data-seq": seq }, this.#wrap);
    this.#call();
  }

  // Something more is known of the message: what is shown, and how it is read out.
  addAside(shown, read) {
    this.#asides.push(shown);
    this.#names.push(read);
    this.#call();
    if (this.#lanes) this.#write(this.#small, [["aside", this.#asides.join(" · ")]]);
  }

  place(lanes) {
    this.#lanes = lanes;
    const from = this.#from.x;
    const to = this.#to.x;
    const { width, unit } = lanes;
    const size = { width: width * unit, height: this.#height * unit, viewBox: `0 0 ${width} ${this.#height}` };
    setAll(this.#svg, size);
    setAll(this.#shaft, { d: from === to ? drawLoop(from) : drawShaft(from, to) });
    setAll(this.#head, { d: from === to ? drawHead(from, 1, SHAFT + LOOP.half) : drawHead(to, Math.sign(from - to)) });
    this.#write(this.#text, this.#label);
    this.#write(this.#small, [["aside", this.#asides.join(" · ")]]);
  }

  // The CSS pixels from and to which the arrow goes.
  get reach() {
    const ends = [this.#from.x, this.#to.x];
    return [Math.min(...ends) * this.#lanes.unit, Math.max(...ends) * this.#lanes.unit];
  }

  // The CSS pixel at which the arrow's head is.
  get tip() {
    return this.#to.x * this.#lanes.unit;
  }

  #call() {
    this.#wrap.setAttribute("aria-label", [this.#begins, ...this.#names].join(", "));
  }

  // Text begins at the arrow's left end and may go beyond its right one, up to the next lane; what does not fit begins
  // further to the left, and is cut at last.
  #write(node, parts) {
    const isLoop = this.#from === this.#to;
    const ends = [this.#from.x, this.#to.x];
    const left = Math.min(...ends) + INDENT + (isLoop ? LOOP.width : 0);
    const [before, after] = this.#lanes.around(Math.min(...ends), Math.max(...ends));
    const first = Math.max(MARGIN.left, before + MARGIN.lane);
    const last = Math.min(this.#lanes.width - MARGIN.right, after - MARGIN.lane);
    const font = parts[0][0] === "aside" ? "aside" : "label";
    const shown = cut(parts, Math.min(last - first, LONGEST * widthOf("0", "label")), font);
    const width = widthOf(textOf(shown), font);
    node.setAttribute("x", Math.max(first, Math.min(left, last - width)));
    node.replaceChildren(...shown.map(drawPart));
    if (textOf(shown) !== textOf(parts)) node.append(drawing("title", {}, textOf(parts)));
  }
}

function classes({ kind, side, tone }) {
  return ["arrow", `kind-${kind}`, side && `side-${side}`, tone && `tone-${tone}`].filter(Boolean).join(" ");
}

function drawPart([style, text]) {
  return style === "text" || style === "argument" ? text : drawing("tspan", { class: `part-${style}` }, text);
}

function drawShaft(from, to) {
  const towards = Math.sign(to - from);
  return `M${from + towards * GAP.tail} ${SHAFT}H${to - towards * (GAP.tip + HEAD.length - 1)}`;
}

function drawLoop(x) {
  const right = x + LOOP.width - LOOP.half;
  const turn = `a${LOOP.half} ${LOOP.half} 0 0 1 0 ${2 * LOOP.half}`;
  return `M${x + GAP.tail} ${SHAFT - LOOP.half}H${right}${turn}H${x + GAP.tip + HEAD.length - 1}`;
}

// `side`: 1 where the arrow comes from the right, -1 from the left.
function drawHead(x, side, y = SHAFT) {
  const tip = x + side * GAP.tip;
  const back = tip + side * HEAD.length;
  return `M${tip} ${y}L${back} ${y - HEAD.half}V${y + HEAD.half}z`;
}
