// Comments on a transcript's lines, each shown at its line; the form in which an instructor writes one; and the line
// that the page's address names.
import { element } from "./element.js";

const page = document.getElementById("main");
const list = document.querySelector("#transcript ol");
const section = document.getElementById("comment");
const remarks = Map.groupBy(JSON.parse(document.getElementById("remarks").textContent), ({ seq }) => String(seq));
let sought = /^#event-(\d+)$/.exec(location.hash)?.[1];

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const item of addedNodes) arrive(item);
}).observe(list, { childList: true });
addEventListener("hashchange", () => {
  sought = /^#event-(\d+)$/.exec(location.hash)?.[1];
  seek(sought && list.querySelector(`[data-seq="${sought}"]`));
});
if (section) page.addEventListener("chosen", ({ detail: entry }) => offer(entry));

function arrive(item) {
  const { seq } = item.dataset ?? {};
  if (remarks.has(seq)) item.querySelector(".row").append(...remarks.get(seq).map(draw));
  if (seq && seq === sought) seek(item);
}

function draw({ author, text }) {
  const said = element("bdi", { class: "remark-text" }, text);
  return element("div", { class: "remark" }, element("strong", {}, element("bdi", {}, author || "An instructor"), ": "), said);
}

// Chooses the line, as a click on it does.
function seek(item) {
  if (!item) return;
  sought = null;
  requestAnimationFrame(() => {
    item.querySelector("button.choose")?.click();
    item.scrollIntoView({ block: "center" });
  });
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
