// Turns what was heard on the wire (protocols/eavesdrop.py) into elements of the Wire view.
import { sayOctets } from "./data-connection.js";
import { element } from "./element.js";

// Who sends to whom, above all that goes that way until something goes another.
export function drawWay({ transport, sender, receiver }) {
  const addresses = [sender, receiver].map(({ address, port }) => `${address}:${port}`).join(" → ");
  const names = [sender, receiver].map(({ host }) => host || "a host without a name").join(" to ");
  const row = element("div", { class: "row" }, element("strong", {}, addresses));
  row.append(" ", element("span", {}, `${transport}, ${names}`));
  return element("li", { class: "heading way" }, row);
}

// `description`: what the transcript has of the same event.
export function drawHeard({ seq, length, pieces, dump, note, says = [] }, description, arrived) {
  const row = element("div", { class: "row" }, drawChoose(description));
  if (pieces) row.append(element("span", { class: "bytes" }, ...pieces.map(drawPiece)));
  if (dump) row.append(drawDump(dump));
  if (note) row.append(element("p", { class: length ? "line-note" : "says" }, note));
  if (length) row.append(element("span", { class: "when" }, sayOctets(length)));
  row.append(...says.map((sentence) => element("p", { class: "overheard" }, sentence)));
  return element("li", { class: arrived ? "heard arrived" : "heard", "data-seq": seq }, row);
}

function drawChoose({ number, explanation } = {}) {
  if (!explanation) return element("span", { class: "choose" }, number);
  const label = number ? `Line ${number}` : "Explain";
  return element("button", { class: "choose", type: "button", tabindex: -1, "aria-label": label }, number ?? "?");
}

function drawPiece([style, text]) {
  if (style === "text") return text;
  return element(style === "secret" ? "mark" : "span", { class: `part-${style}` }, text);
}

// Octets beside what they are as text: wider than a phone, and scrolled by keys too.
function drawDump(rows) {
  const lines = rows.flatMap(([place, octets, text]) => [
    element("span", { class: "place", "aria-hidden": "true" }, place),
    `  ${octets.padEnd(48)} `,
    element("span", { class: "as-text" }, text),
    "\n",
  ]);
  const name = { class: "dump", tabindex: 0, role: "group", "aria-label": "Octets, in hexadecimal digits and as text" };
  return element("pre", name, ...lines.slice(0, -1));
}
