// "You can say": what the present state allows, as buttons that fill the command box.
import { element } from "./element.js";

export class Suggestions {
  #list;
  #shown = null;

  constructor(list, fill) {
    this.#list = list;
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) fill(button.textContent);
    });
  }

  show(lines) {
    const key = JSON.stringify(lines);
    if (key === this.#shown) return; // a button that is being pressed stays
    this.#shown = key;
    this.#list.replaceChildren(...lines.map((line) => element("li", {}, element("button", { type: "button" }, line))));
  }
}
