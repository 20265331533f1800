// The transcript: draws the log's lines in their order, and keeps the reader's place among them.
import { Choosing } from "./choosing.js";
import { DataConnections } from "./data-connection.js";
import { Place } from "./place.js";
import { drawHeadingAgain, drawLine, drawProof, drawWay } from "./transcript-line.js";
import { pause, sinceCause } from "./times.js";

const HIDDEN_WAIT = 100; // ms
const AMONG = new Set(["cached", "stored", "tree"]); // kinds that stand among lines of which they are the consequence

export class Transcript {
  #scroller;
  #log;
  #list;
  #place;
  #choosing;
  #times = new Map(); // by seq: when it was, for the replies that it caused
  #headings = new Map(); // by connection
  #phases = new Map(); // by connection: the phase of its newest line
  #previous = null; // the line before, as drawn, those of data connections left out
  #run; // whose lines stand at the end: a connection, or two hosts
  #numbers = new Map(); // by seq: the number of a line
  #data = new DataConnections();
  #dataRun; // the newest data connection
  #became = new Set(); // seqs of typed lines of which the student's client made commands
  #commands = new Map(); // by seq: the typed line {seq, typed} that an event comes of
  #printed = null; // the one whose output stands at the end
  #proofs = []; // of goals, that are to be said on lines
  #waiting = []; // [descriptions, live] that the next frame adds

  // `choose` is called with the chosen entry {description, number}, or null, and whether to open a drawer for it.
  constructor(scroller, news, choose) {
    this.#scroller = scroller;
    this.#log = scroller.querySelector('[role="log"]');
    this.#list = scroller.querySelector("ol");
    this.#place = new Place(scroller, news, "line");
    this.#choosing = new Choosing(this.#list, this.#place, choose);
  }

  // Adds descriptions at the end, with all that come until the next frame. `live`: they happened just now, and are
  // announced.
  add(descriptions, live) {
    this.#waiting.push([descriptions, live]);
    if (this.#waiting.length > 1) return;
    if (document.hidden) setTimeout(() => this.#flush(), HIDDEN_WAIT); // a hidden page has no frames
    else requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    const batches = this.#waiting.splice(0);
    this.#log.setAttribute("aria-live", batches.every(([, live]) => live) ? "polite" : "off");
    const added = document.createDocumentFragment();
    for (const [descriptions, live] of batches) {
      for (const description of descriptions) added.append(...this.#draw(description, live));
    }
    const items = [...added.children];
    this.#place.note();
    this.#list.append(added);
    for (const proof of this.#proofs.splice(0)) this.#prove(proof);
    this.#place.grow(items.length);
    this.#choosing.grow(items);
  }

  showEnd() {
    this.#place.showEnd();
  }

  // Event `seq` was chosen in another view, or null: none is chosen any more.
  mark(seq) {
    this.#choosing.mark(seq);
  }

  // A link leads to event `seq`, and chooses it. Returns whether it is here.
  follow(seq) {
    return this.#choosing.follow(seq);
  }

  // A goal that is met is said on the line that shows it, in the place of its time.
  #prove({ number, seqs }) {
    const find = (seq) => this.#list.querySelector(`[data-seq="${seq}"] > .row`);
    const row = seqs.map(find).find((each) => each);
    const when = row?.querySelector(".when");
    if (when) when.replaceChildren(...when.children, drawProof(number));
    else row?.append(drawProof(number));
  }

  #draw(description, live) {
    if (description.kind === "goal") {
      if (description.proves) this.#proofs.push(description.proves);
      return []; // the task column says it
    }
    const { seq, at, conn, parts, number, program } = description;
    this.#times.set(seq, at);
    if (number) this.#numbers.set(seq, number);
    const isData = this.#data.follow(description);
    if (description.kind === "transferred" && description.facts) this.#data.mark(description);
    if (description.heading) this.#headings.set(conn, description.heading);
    if (parts || program) this.#scroller.classList.remove("silent");
    const phase = this.#phaseOf(description, isData);
    const time = parts && this.#timeOf(description);
    const command = this.#commandOf(description);
    if (description.facts?.became) this.#became.add(command?.seq);
    const typed = command === this.#printed ? undefined : command?.typed; // said once above all that it printed
    const cause = isData && description.heading ? this.#numbers.get(description.because) : null;
    const isMade = Boolean(conn && this.#became.has(command?.seq));
    const item = drawLine(description, { number, time, arrived: live, typed, isData, isMade, cause, ...phase });
    if (!item) return [];
    this.#data.offer(description, item);
    const again = this.#headRun(description, isData);
    if (!isData) this.#previous = description;
    this.#printed = program || (parts && !description.side) ? command : null;
    if (description.explanation) this.#choosing.offer(item, { description, number });
    return again ? [again, item] : [item];
  }

  #commandOf({ seq, because, facts }) {
    const isTyped = facts && "typed" in facts;
    const command = isTyped ? { seq, typed: facts.typed } : this.#commands.get(because);
    if (command) this.#commands.set(seq, command);
    return command ?? null;
  }

  // Lines of several connections may alternate, and messages of several hosts: a heading stands above each run of them.
  #headRun({ kind, conn, parts, side, route, facts, heading }, isData) {
    if (AMONG.has(kind) || facts?.became) return null; // it belongs to what stands above it, or below
    if (isData) return this.#headData(conn, heading);
    const run = conn ?? (route && route.map(({ address }) => address).sort().join());
    const goesOn = run === this.#run;
    this.#run = run;
    if (goesOn || !parts || !side) return null;
    if (!conn) return route ? drawWay(route, side) : null;
    return this.#headings.has(conn) ? drawHeadingAgain(this.#headings.get(conn)) : null;
  }

  // A data connection stands among the lines of its control connection, which go on after it.
  #headData(conn, heading) {
    const goesOn = heading || conn === this.#dataRun;
    this.#dataRun = conn;
    return goesOn || !this.#headings.has(conn) ? null : drawHeadingAgain(this.#headings.get(conn), true);
  }

  #phaseOf({ conn, phase, parts }, isData) {
    if (isData) return { phase: this.#phases.get(this.#previous?.conn) }; // that of the control connection
    const before = this.#phases.get(conn);
    if (!parts) return { phase: before }; // a note belongs to the phase in which it comes
    if (!phase) return {};
    this.#phases.set(conn, phase);
    return { phase, newPhase: phase !== before || conn !== this.#previous?.conn };
  }

  #timeOf({ kind, at, because, side }) {
    if (!side) return null;
    if (side === "S" || kind === "message") return this.#times.has(because) ? sinceCause(at - this.#times.get(because)) : null;
    return this.#previous ? pause(at - this.#previous.at) : null;
  }
}
