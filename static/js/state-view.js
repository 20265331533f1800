// Where the session is: the small drawing beside the explanation, and the State tab with every state's meaning.
import { element } from "./element.js";
import { drawMachine } from "./state-diagram.js";

export class StateView {
  #lesson;
  #small;
  #large;
  #shown;

  constructor(lesson, small, large) {
    this.#lesson = lesson;
    this.#small = small;
    this.#large = large;
  }

  // `present` is a state's name, or null where there was no session yet.
  show(present) {
    if (present === this.#shown) return;
    this.#shown = present;
    const { states, arrows } = this.#lesson;
    const usual = arrows.filter((arrow) => arrow.usual); // all of them would be a thicket
    this.#small.replaceChildren(drawMachine(states, usual, present), this.#meaning(present));
    this.#large.replaceChildren(drawMachine(states, usual, present, true), this.#states(present));
  }

  #meaning(present) {
    const state = this.#lesson.states.find(({ name }) => name === present);
    return element("p", { class: "state-meaning" }, state ? state.meaning : "No session is open.");
  }

  #states(present) {
    const items = this.#lesson.states.flatMap((state) => drawMeaning(state, state.name === present));
    return element("dl", { class: "states" }, ...items);
  }
}

function drawMeaning({ name, meaning, says }, isPresent) {
  const term = element("dt", { "aria-current": isPresent ? "step" : null }, isPresent ? `${name} (now)` : name);
  const words = says.map(({ text }) => element("code", {}, text));
  return [term, element("dd", {}, meaning), ...(words.length ? [element("dd", {}, "You can say:", ...words)] : [])];
}
