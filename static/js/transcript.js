// The transcript: keeps the entries in the log's order, one tab stop among them, and the reader's place.
import { drawHeadingAgain, drawLine } from "./transcript-line.js";
import { pause, sinceCause } from "./times.js";

const AT_END = 24; // px from the end that still count as being there
const HIDDEN_WAIT = 100; // ms

export class Transcript {
  #scroller;
  #log;
  #list;
  #news;
  #choose; // called with the chosen entry, or null
  #entries = new Map(); // by <li>: {description, number}
  #times = new Map(); // by seq: when it was, for the replies that it caused
  #headings = new Map(); // by connection
  #phases = new Map(); // by connection: the phase of its newest line
  #number = 0;
  #previous = null; // the line before, as drawn
  #stop = null; // the button that Tab reaches
  #chosen = null;
  #atEnd = true;
  #top = 0; // where the reader last scrolled to
  #unseen = 0;
  #waiting = []; // [descriptions, live] that the next frame adds

  constructor(scroller, news, choose) {
    this.#scroller = scroller;
    this.#log = scroller.querySelector('[role="log"]');
    this.#list = scroller.querySelector("ol");
    this.#news = news;
    this.#choose = choose;
    scroller.addEventListener("scroll", () => this.#notePlace(), { passive: true });
    news.addEventListener("click", () => this.showEnd());
    this.#list.addEventListener("click", (event) => this.#click(event));
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    new ResizeObserver(() => this.#atEnd && this.showEnd()).observe(scroller);
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
    const count = added.childElementCount;
    this.#scroller.classList.toggle("silent", this.#number === 0);
    this.#notePlace();
    const last = [...added.querySelectorAll("button.choose")].at(-1);
    this.#list.append(added);
    if (last && !this.#chosen && !this.#list.contains(document.activeElement)) this.#setStop(last);
    if (this.#atEnd) this.showEnd();
    else if (count) this.#count(count);
  }

  showEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#atEnd = true;
    this.#count(-this.#unseen);
  }

  #draw(description, live) {
    const { seq, at, conn, parts } = description;
    this.#times.set(seq, at);
    if (description.heading) this.#headings.set(conn, description.heading);
    const number = parts ? ++this.#number : null;
    const phase = this.#phaseOf(description);
    const time = parts && this.#timeOf(description);
    const item = drawLine(description, { number, time, arrived: live, ...phase });
    if (!item) return [];
    const again = parts && conn !== this.#previous?.conn ? this.#headAgain(conn) : null;
    this.#previous = description;
    if (description.explanation) this.#entries.set(item, { description, number });
    return again ? [again, item] : [item];
  }

  // Lines of two connections may alternate: the heading stands above each run of them.
  #headAgain(conn) {
    const heading = this.#headings.get(conn);
    return heading && this.#previous?.conn !== conn ? drawHeadingAgain(heading) : null;
  }

  #phaseOf({ conn, phase, parts }) {
    const before = this.#phases.get(conn);
    if (!parts) return { phase: before }; // a note belongs to the phase in which it comes
    if (!phase) return {};
    this.#phases.set(conn, phase);
    return { phase, newPhase: phase !== before || conn !== this.#previous?.conn };
  }

  #timeOf({ at, because, side }) {
    if (side === "S") return this.#times.has(because) ? sinceCause(at - this.#times.get(because)) : null;
    return this.#previous ? pause(at - this.#previous.at) : null;
  }

  #notePlace() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    // Lines that come while the page scrolls to its end do not take the reader away from it; scrolling up does.
    if (isAtEnd || scrollTop < this.#top) this.#atEnd = isAtEnd;
    this.#top = scrollTop;
    if (this.#atEnd) this.#count(-this.#unseen);
  }

  #count(more) {
    this.#unseen += more;
    this.#news.hidden = this.#unseen === 0;
    this.#news.textContent = this.#unseen === 1 ? "1 new line" : `${this.#unseen} new lines`;
  }

  #click(event) {
    const item = event.target.closest("li");
    if (!this.#entries.has(item) || String(getSelection())) return;
    this.#setStop(item.querySelector("button.choose"));
    this.#stop.focus({ preventScroll: true });
    this.#mark(item === this.#chosen ? null : item, true);
  }

  // Arrow keys go from line to line, and explain each where the explanation stands beside the wire.
  #move(event) {
    const places = [...this.#list.querySelectorAll("button.choose")];
    const here = places.indexOf(event.target);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: places.length - 1 }[event.key];
    if (event.key === "Escape") this.#mark(null);
    if (here < 0 || to === undefined || !places[to]) return;
    event.preventDefault();
    this.#setStop(places[to]);
    places[to].focus();
    this.#mark(places[to].closest("li"));
  }

  #setStop(button) {
    if (this.#stop) this.#stop.tabIndex = -1;
    button.tabIndex = 0;
    this.#stop = button;
  }

  #mark(item, open = false) {
    this.#chosen?.classList.remove("chosen");
    this.#chosen?.querySelector(".choose").removeAttribute("aria-pressed");
    this.#chosen = item;
    item?.classList.add("chosen");
    item?.querySelector(".choose").setAttribute("aria-pressed", "true");
    const height = this.#scroller.clientHeight;
    this.#choose(item ? this.#entries.get(item) : null, open);
    if (this.#scroller.clientHeight === height) return;
    this.#atEnd = false; // a drawer took a part of the place: the chosen line stays in sight, not the end
    item?.scrollIntoView({ block: "nearest" });
  }
}
