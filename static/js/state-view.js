// Where the session is: the small drawing beside the explanation, and the State tab with every state's meaning.
import { element } from "./element.js";
import { drawMachine } from "./state-diagram.js";

const TITLE = "Where things stand";
const NOTHING = "Nothing was said yet. What a session or a resolution goes through will be drawn here as soon as " +
  "there is one, and where it is will be lit.";

export class StateView {
  #lessons; // by protocol
  #small;
  #title; // above the small drawing
  #large;
  #shown = null;

  constructor(lessons, small, title, large) {
    this.#lessons = lessons;
    this.#small = small;
    this.#title = title;
    this.#large = large;
  }

  // `present` is the name of a state of `protocol`, or null where it has none; `protocol` is null before anything is
  // said.
  show(protocol, present) {
    const key = JSON.stringify([protocol, present]);
    if (key === this.#shown) return;
    this.#shown = key;
    const lesson = this.#lessons[protocol];
    if (!lesson) return this.#showNothing();
    const usual = lesson.arrows.filter((arrow) => arrow.usual); // all of them would be a thicket
    const draw = (withVerbs) => drawMachine({ ...lesson, arrows: usual }, present, withVerbs);
    this.#title.textContent = `Where the ${lesson.subject} is`;
    this.#small.replaceChildren(draw(false), drawMeaning(lesson, present));
    this.#large.replaceChildren(draw(true), drawStates(lesson, present));
  }

  #showNothing() {
    this.#title.textContent = TITLE;
    for (const place of [this.#small, this.#large]) place.replaceChildren(element("p", { class: "state-meaning" }, NOTHING));
  }
}

function drawMeaning({ states, none }, present) {
  const state = states.find(({ name }) => name === present);
  return element("p", { class: "state-meaning" }, state ? state.meaning : none);
}

function drawStates({ states }, present) {
  const items = states.flatMap((state) => drawState(state, state.name === present));
  return element("dl", { class: "states" }, ...items);
}

function drawState({ name, meaning, says }, isPresent) {
  const term = element("dt", { "aria-current": isPresent ? "step" : null }, isPresent ? `${name} (now)` : name);
  const words = says.flatMap(({ text }) => [" ", element("code", {}, text)]); // a line may break between them
  return [term, element("dd", {}, meaning), ...(words.length ? [element("dd", {}, "You can say:", ...words)] : [])];
}
