// The lines that are on their way, below the transcript until the wire's own lines replace them.
import { element } from "./element.js";

export function drawPending(list, items) {
  list.replaceChildren(...items.map(drawItem));
}

function drawItem({ text, sent }) {
  const side = element("span", { class: "side", "aria-hidden": "true" }, "C");
  const row = element("div", { class: "row" }, element("span", { class: "choose" }), side);
  row.append(element("span", { class: "bytes" }, text), element("span", { class: "when" }, sent ? "sent" : "waits"));
  return element("li", { class: "side-C" }, row);
}
