// The explanation of the chosen line: its code digit by digit, what it means and why it was said here, where the
// standards say so.
import { element } from "./element.js";

// Fills `place` with the explanation of a transcript's entry {description, number}.
export function explain(place, { description, number }) {
  const { title, digits = [], says = [], references = [] } = description.explanation;
  place.className = description.tone ? `tone-${description.tone}` : "";
  place.replaceChildren(element("h2", {}, number ? `Line ${number}: ${title}` : title));
  if (digits.length) place.append(...drawDigits(digits));
  place.append(element("div", { class: "says" }, ...says.map((sentence) => element("p", {}, sentence))));
  if (references.length) place.append(element("ul", { class: "references" }, ...references.map(drawReference)));
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

function drawReference({ label, url }) {
  if (!url.startsWith("https://")) return element("li", {}, label);
  return element("li", {}, element("a", { href: url, rel: "noreferrer", target: "_blank" }, label));
}
