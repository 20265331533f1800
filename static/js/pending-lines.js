// The lines that are on their way, below the transcript until the wire's own lines replace them.
import { element } from "./element.js";
import { hideSecret } from "./secret.js";

// `protocol`: that of the server that they go to; null where they are for the student's own machine.
export function drawPending(list, items, protocol) {
  list.replaceChildren(...items.map((item) => drawItem(item, protocol)));
}

function drawItem({ text, sent }, protocol) {
  const row = element("div", { class: "row" }, ...(protocol ? drawSide() : []));
  const prompt = protocol ? null : element("span", { "aria-hidden": true }, "› ");
  row.append(element("span", { class: "bytes" }, prompt, hideSecret(text, protocol)));
  row.append(element("span", { class: "when" }, sent ? "sent" : "waits"));
  return element("li", { class: protocol ? "side-C" : "apart" }, row);
}

function drawSide() {
  return [element("span", { class: "choose" }), element("span", { class: "side", "aria-hidden": "true" }, "C")];
}
