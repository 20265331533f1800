// What the student can press beside the command box's own line: connecting, hanging up, suggestions, ending the lab.
// Each is there when it can be done.
import { Suggestions } from "./suggestions.js";

const $ = (id) => document.getElementById(id);

export class Controls {
  #lessons;
  #student;
  #connects = [...document.querySelectorAll("[data-connect]")];
  #asks = [...document.querySelectorAll("[data-ask]")];
  #suggestions;

  // `act`: what to do: fill(text) the box, connect(text), hangUp()
  constructor(lessons, student, act) {
    this.#lessons = lessons;
    this.#student = student;
    this.#suggestions = new Suggestions($("suggestions"), act.fill);
    for (const button of this.#connects) listen(button, () => act.connect(button.dataset.connect));
    for (const button of this.#asks) listen(button, () => act.fill(button.dataset.ask));
    listen($("hang-up"), act.hangUp);
  }

  show(sessions) {
    const { present: session, program, running } = sessions;
    $("prompt").textContent = session || !program ? `${session?.peer ?? this.#student} ›` : ">"; // as nslookup has it
    $("hang-up").hidden = !session;
    for (const button of [...this.#connects, ...this.#asks]) button.disabled = !running || Boolean(session ?? program);
    this.#suggestions.show(running ? this.#sayable(session, program) : []);
    this.#showEnd(sessions);
  }

  #sayable(session, program) {
    const { protocols, programs, console: atRest } = this.#lessons;
    if (!session) return programs[program] ?? atRest;
    return protocols[session.protocol]?.states.find(({ name }) => name === session.state)?.says ?? [];
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
