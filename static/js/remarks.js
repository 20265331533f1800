// Comments on a transcript's lines, each shown at its line; and the form in which an instructor writes one.
import { element } from "./element.js";

const page = document.getElementById("main");
const list = document.querySelector("#transcript ol");
const section = document.getElementById("comment");
const remarks = Map.groupBy(JSON.parse(document.getElementById("remarks").textContent), ({ seq }) => String(seq));

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const item of addedNodes) arrive(item);
}).observe(list, { childList: true });
if (section) page.addEventListener("chosen", ({ detail: entry }) => offer(entry));

function arrive(item) {
  const { seq } = item.dataset ?? {};
  if (remarks.has(seq)) item.querySelector(".row").append(...remarks.get(seq).map(draw));
}

function draw({ author, text }) {
  const said = element("bdi", { class: "remark-text" }, text);
  return element("div", { class: "remark" }, element("strong", {}, element("bdi", {}, author || "An instructor"), ": "), said);
}

function offer(entry) {
  const form = section.querySelector("form");
  section.querySelector("[data-choose]").hidden = Boolean(entry);
  form.hidden = !entry;
  if (!entry) return;
  const { description, number } = entry;
  section.querySelector("h2").textContent = number ? `Comment on line ${number}` : "Comment on what you chose";
  form.elements.seq.value = description.seq;
}
