// The ladder: the hosts as lanes, an arrow from lane to lane for each message, drawn while somebody looks at it.
import { Choosing } from "./choosing.js";
import { DataConnections } from "./data-connection.js";
import { Arrow } from "./ladder-arrow.js";
import { Lanes } from "./ladder-lanes.js";
import { drawNote, isNoted } from "./ladder-note.js";
import { Queries, sayCached } from "./ladder-queries.js";
import { Place } from "./place.js";

const BESIDE = 60; // px beside the chosen arrow that stay in sight
const AT_ONCE = 2000; // events that one frame draws

export class Ladder {
  #scroller;
  #log;
  #list;
  #lanes;
  #place;
  #choosing;
  #queries;
  #routes = new Map(); // by connection: its client and its server
  #data = new DataConnections();
  #arrows = new Map(); // by seq of the event
  #waiting = []; // [description, live] that nobody has looked at yet
  #frame = null;
  #sought = null; // the seq of what was chosen while the ladder was hidden

  // `student`: the name of the student's machine. `choose` as in the transcript.
  constructor(scroller, news, student, choose) {
    this.#scroller = scroller;
    this.#log = scroller.querySelector('[role="log"]');
    this.#list = this.#log.querySelector("ol");
    this.#lanes = new Lanes(scroller.querySelector(".lanes"), scroller.querySelector(".lane-lines"), student);
    this.#queries = new Queries(student);
    this.#place = new Place(scroller, news, "message");
    this.#choosing = new Choosing(this.#list, this.#place, (entry, open) => {
      if (entry) this.#showAcross(entry.description.seq);
      choose(entry, open);
    });
    new ResizeObserver(() => this.#resize()).observe(scroller);
  }

  // Adds descriptions at the end, as the transcript does; while the ladder is not shown they cost nothing.
  add(descriptions, live) {
    for (const description of descriptions) this.#waiting.push([description, live]);
    this.#flushSoon();
  }

  showEnd() {
    this.#place.showEnd();
  }

  // Event `seq` was chosen in another view, or null: none is chosen any more.
  mark(seq) {
    this.#choosing.mark(seq);
    if (!this.isShown) this.#sought = seq;
  }

  // A link leads to event `seq`, and chooses it. Returns whether it is here.
  follow(seq) {
    return this.#choosing.follow(seq);
  }

  get isShown() {
    return this.#scroller.clientHeight > 0;
  }

  #flushSoon() {
    if (!this.isShown || !this.#waiting.length) return;
    this.#frame ??= requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    this.#frame = null;
    const waiting = this.#waiting.splice(0, AT_ONCE);
    const isLive = waiting.every(([, live]) => live);
    this.#log.setAttribute("aria-live", isLive ? "polite" : "off");
    const added = waiting.flatMap(([description, live]) => this.#take(description, live) ?? []);
    if (this.#arrows.size) this.#scroller.classList.remove("silent");
    this.#place.note();
    if (this.#lanes.settle()) this.#placeAll();
    else for (const { arrow } of added) arrow?.place(this.#lanes);
    this.#list.append(...added.map(({ item }) => item));
    this.#place.grow(added.filter(({ arrow }) => arrow).length);
    this.#choosing.grow(added.map(({ item }) => item));
    this.#showTip(added.findLast(({ arrow }) => arrow)?.arrow);
    this.#showAcross(this.#sought);
    this.#flushSoon();
  }

  // What an event adds: its <li>, and the arrow in it where it is one; nothing, where it adds to what is there.
  #take(description, live) {
    const { kind, seq, conn, route, parts, number, because, facts } = description;
    if (kind === "opened" && route) this.#routes.set(conn, route);
    if (kind === "cached" && facts.cached.length) this.#arrows.get(because)?.addAside(...sayCached(facts.cached));
    const isData = this.#data.follow(description);
    if (isData && kind === "block") return null; // one arrow for all octets, as soon as they are counted
    const ends = kind === "opened" || kind === "transferred" || parts ? this.#findEnds(description) : null;
    if (!ends && !isNoted(description)) return null;
    const arrow = ends && new Arrow(description, this.#findAsides(description), this.#lanes.enter(ends));
    const item = arrow ? arrow.item : drawNote(description);
    if (arrow) this.#arrows.set(seq, arrow);
    if (live) item.classList.add("arrived");
    if (isData) item.classList.add("data");
    if (description.explanation) this.#choosing.offer(item, { description, number });
    return { item, arrow };
  }

  // Who sent it to whom: endpoints, or null where the log does not say it.
  #findEnds({ kind, conn, side, route, facts }) {
    if (route && kind === "opened") return facts?.opener === "S" ? route.toReversed() : route;
    if (route) return kind === "message" ? route : null;
    const ends = this.#routes.get(conn);
    return ends && side === "S" ? ends.toReversed() : (ends ?? null);
  }

  #findAsides(description) {
    const { kind, aside, heading, note, facts } = description;
    const said = kind === "opened" ? heading?.[1] : kind === "transferred" ? facts.path : kind === "block" ? note : aside;
    const onBehalf = this.#queries.follow(description);
    // What the server says of its queries is what was just counted.
    const others = onBehalf ? said?.split(" · ").filter((words) => !/ quer(y|ies)$/.test(words)) : [said];
    return [...(others ?? []), onBehalf].filter(Boolean);
  }

  #resize() {
    if (!this.isShown) return;
    if (this.#lanes.settle()) this.#placeAll();
    this.#showAcross(this.#sought);
    this.#flushSoon();
  }

  #placeAll() {
    for (const arrow of this.#arrows.values()) arrow.place(this.#lanes);
  }

  // Where the lanes do not fit beside each other, a reader at the end sees where the newest arrow goes.
  #showTip(arrow) {
    const { scrollLeft, clientWidth } = this.#scroller;
    const isInSight = arrow && arrow.tip >= scrollLeft && arrow.tip <= scrollLeft + clientWidth;
    if (arrow && !isInSight && this.#place.isAtEnd) this.#bring(arrow.tip, arrow.tip);
  }

  // Where the lanes do not fit beside each other, the chosen arrow is brought into sight.
  #showAcross(seq) {
    const arrow = this.#arrows.get(seq);
    if (!arrow) return;
    this.#sought = null;
    this.#bring(...arrow.reach);
  }

  // Scrolls sideways, so that what is from `left` to `right` is in sight.
  #bring(left, right) {
    const { scrollLeft, clientWidth } = this.#scroller;
    if (right + BESIDE > scrollLeft + clientWidth) this.#scroller.scrollLeft = right - clientWidth + BESIDE;
    if (left - BESIDE < this.#scroller.scrollLeft) this.#scroller.scrollLeft = left - BESIDE;
  }
}
