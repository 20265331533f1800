// "You can say": what the present state allows, as buttons that fill the command box with what can be filled in.
import { element } from "./element.js";

export class Suggestions {
  #list;
  #shown = null;

  constructor(list, fill) {
    this.#list = list;
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) fill(button.dataset.fill);
    });
  }

  // `says`: {text, fill}
  show(says) {
    const key = JSON.stringify(says);
    if (key === this.#shown) return; // a button that is being pressed stays
    this.#shown = key;
    this.#list.replaceChildren(...says.map(drawSuggestion));
  }
}

function drawSuggestion({ text, fill }) {
  return element("li", {}, element("button", { type: "button", "data-fill": fill }, text));
}
