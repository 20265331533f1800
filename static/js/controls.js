// What the student can press beside the command box's own line: connecting, hanging up, suggestions, ending the lab.
// Each is there when it can be done.
import { Suggestions } from "./suggestions.js";

const $ = (id) => document.getElementById(id);

export class Controls {
  #lesson;
  #student;
  #connects = [...document.querySelectorAll("[data-connect]")];
  #suggestions;

  // `act`: what to do: fill(text) the box, connect(text), hangUp()
  constructor(lesson, student, act) {
    this.#lesson = lesson;
    this.#student = student;
    this.#suggestions = new Suggestions($("suggestions"), act.fill);
    for (const button of this.#connects) listen(button, () => act.connect(button.dataset.connect));
    listen($("hang-up"), act.hangUp);
  }

  show(sessions) {
    const session = sessions.present;
    $("prompt").textContent = `${session?.peer ?? this.#student} ›`;
    $("hang-up").hidden = !session;
    for (const button of this.#connects) button.disabled = !sessions.running || Boolean(session);
    this.#suggestions.show(sessions.running ? this.#sayable(session) : []);
    this.#showEnd(sessions);
  }

  #sayable(session) {
    if (session) return this.#lesson.states.find(({ name }) => name === session.state)?.says ?? [];
    const hosts = this.#connects.map(({ dataset }) => ({ text: dataset.connect, fill: dataset.connect }));
    return [...hosts, ...this.#lesson.console.filter(({ text, fill }) => text === fill)]; // hosts, not their pattern
  }

  #showEnd({ lab, running, ended }) {
    $("end-lab").hidden = !running;
    $("command").hidden = ended;
    $("ended").hidden = !ended;
    if (!ended) return;
    $("ended").querySelector("[data-why]").textContent = lab.note ?? "This lab has ended.";
    $("open-again").hidden = !lab.goesOn;
    $("begin-anew").hidden = lab.goesOn;
  }
}

// After a press the student goes on typing.
function listen(button, act) {
  button.addEventListener("click", () => {
    act();
    $("command-text").focus();
  });
}
