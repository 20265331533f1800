// The lines that are on their way, below the transcript until the wire's own lines replace them.
import { element } from "./element.js";

// `isConnected`: they go to a server; else they are for the student's own machine.
export function drawPending(list, items, isConnected) {
  list.replaceChildren(...items.map((item) => drawItem(item, isConnected)));
}

function drawItem({ text, sent }, isConnected) {
  const row = element("div", { class: "row" }, ...(isConnected ? drawSide() : []));
  const prompt = isConnected ? null : element("span", { "aria-hidden": true }, "› ");
  row.append(element("span", { class: "bytes" }, prompt, text));
  row.append(element("span", { class: "when" }, sent ? "sent" : "waits"));
  return element("li", { class: isConnected ? "side-C" : "apart" }, row);
}

function drawSide() {
  return [element("span", { class: "choose" }), element("span", { class: "side", "aria-hidden": "true" }, "C")];
}
