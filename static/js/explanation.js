// The explanation of the chosen line: its code digit by digit, what it means and why it was said here, the fields of a
// message, where the standards say so.
import { element } from "./element.js";

const SHORT = { name: 16, value: 14 }; // letters of a field that stands beside its meaning; a name has dots
const folded = new Set(); // titles of the sections that the reader folded: they stay so for the next line

// Fills `place` with the explanation of a transcript's entry {description, number}.
export function explain(place, { description, number }) {
  const { title, digits = [], says = [], sections = [], references = [] } = description.explanation;
  place.className = description.tone ? `tone-${description.tone}` : "";
  place.replaceChildren(element("h2", {}, number ? `Line ${number}: ${title}` : title));
  if (digits.length) place.append(...drawDigits(digits));
  place.append(element("div", { class: "says" }, ...says.map((sentence) => element("p", {}, sentence))));
  if (references.length) place.append(element("ul", { class: "references" }, ...references.map(drawReference)));
  place.append(...sections.map(drawSection));
}

function drawDigits(digits) {
  const single = digits.filter(([code]) => /^\d$/.test(code));
  const boxes = single.map(([digit]) => element("li", {}, digit));
  const meanings = digits.flatMap(([code, meaning]) => [element("dt", {}, code), element("dd", {}, meaning)]);
  return [
    element("ul", { class: "digits", "aria-hidden": "true" }, ...boxes),
    element("dl", { class: "meanings" }, ...meanings),
  ];
}

function drawSection({ title, fields, reference }) {
  const areShort = fields.every(isShort);
  const list = element("dl", { class: areShort ? "fields short" : "fields" }, ...fields.map(drawField));
  const link = reference ? element("p", { class: "source" }, drawLink(reference)) : null;
  const parts = [element("summary", {}, title), link, list];
  const section = element("details", { class: "section", open: !folded.has(title) }, ...parts);
  section.addEventListener("toggle", () => (section.open ? folded.delete(title) : folded.add(title)));
  return section;
}

function isShort({ name, value }) {
  return !name.includes(".") && name.length <= SHORT.name && value.length <= SHORT.value;
}

function drawField({ name, value, meaning, reference }) {
  const term = element("dt", {}, element("span", { class: "name" }, name), " ", element("span", { class: "value" }, value));
  const link = reference ? element("span", { class: "source" }, drawLink(reference)) : null;
  return element("div", {}, term, element("dd", {}, meaning ?? "", " ", link));
}

function drawReference(reference) {
  return element("li", {}, drawLink(reference));
}

function drawLink({ label, url }) {
  if (!url.startsWith("https://")) return label;
  return element("a", { href: url, rel: "noreferrer", target: "_blank" }, label);
}
