// What the ladder says across all lanes: what happened to the lab or to a connection between two messages.
import { element } from "./element.js";

const KINDS = new Set(["lab", "closed", "delivered", "fault", "unkept", "zone"]);

export function isNoted({ kind, note, parts }) {
  return Boolean(KINDS.has(kind) && note && !parts);
}

export function drawNote({ seq, note, explanation }) {
  const words = explanation ? element("button", { type: "button", tabindex: -1 }, note) : element("p", {}, note);
  return element("li", { class: "across", "data-seq": seq }, words);
}
