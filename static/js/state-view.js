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

  // `session` is the present one (sessions.js), or null.
  show(session) {
    const present = session ? (session.state ?? this.#lesson.initial) : null;
    if (present === this.#shown) return;
    this.#shown = present;
    const { states, course } = this.#lesson;
    this.#small.replaceChildren(drawMachine(states, course, present), this.#meaning(present));
    this.#large.replaceChildren(drawMachine(states, course, present, true), this.#states(present));
  }

  #meaning(present) {
    const state = this.#lesson.states.find(({ name }) => name === present);
    return element("p", { class: "state-meaning" }, state ? state.meaning : "No session is open.");
  }

  #states(present) {
    const items = this.#lesson.states.flatMap(({ name, meaning }) => [
      element("dt", { "aria-current": name === present ? "step" : null }, name === present ? `${name} (now)` : name),
      element("dd", {}, meaning),
    ]);
    return element("dl", { class: "states" }, ...items);
  }
}
