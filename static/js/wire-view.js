// The wire as somebody reads it who listens between two hosts: fetched, and drawn, while somebody looks at it.
import { Choosing } from "./choosing.js";
import { Place } from "./place.js";
import { drawHeard, drawWay } from "./wire-line.js";

const AGAIN = 3000; // ms after which the portal is asked again that did not answer
const AWAY = "The wire cannot be read for the moment. The page tries again by itself.";

export class WireView {
  #scroller;
  #log;
  #list;
  #trouble;
  #place;
  #choosing;
  #descriptions = new Map(); // by seq: what the transcript has of events that are not drawn here yet
  #newest = 0; // seq of the newest event that the page has
  #last = 0; // the seq up to which this view is complete
  #whole = false; // it has had all of the log once: what comes now happens now
  #fetching = false;
  #way = ""; // from where to where what stands at the end went

  // `choose` as in the transcript.
  constructor(scroller, news, choose) {
    this.#scroller = scroller;
    this.#log = scroller.querySelector('[role="log"]');
    this.#list = this.#log.querySelector("ol");
    this.#trouble = scroller.querySelector("[data-trouble]");
    this.#place = new Place(scroller, news, "line");
    this.#choosing = new Choosing(this.#list, this.#place, choose);
    new ResizeObserver(() => this.#fetch()).observe(scroller);
  }

  // The log has grown by these; while the view is not shown they cost nothing.
  add(descriptions) {
    for (const description of descriptions) {
      this.#descriptions.set(description.seq, description);
      this.#newest = description.seq;
    }
    this.#fetch();
  }

  showEnd() {
    this.#place.showEnd();
  }

  // Event `seq` was chosen in another view, or null: none is chosen any more.
  mark(seq) {
    this.#choosing.mark(seq);
  }

  async #fetch() {
    if (this.#fetching) return;
    this.#fetching = true;
    while (this.#scroller.clientHeight && this.#last < this.#newest) {
      const answer = await this.#ask();
      this.#trouble.textContent = answer ? "" : AWAY;
      if (answer?.last > this.#last) this.#take(answer);
      else await new Promise((done) => setTimeout(done, AGAIN));
    }
    this.#fetching = false;
  }

  async #ask() {
    try {
      const url = `${this.#scroller.dataset.url}?after=${this.#last}`;
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return null; // the network is away
    }
  }

  // The portal may know of events already that the page has not heard of: these come with the next answer.
  #take({ last, heard }) {
    const isLive = this.#whole;
    const items = heard.filter(({ seq }) => seq <= this.#newest).flatMap((each) => this.#draw(each, isLive));
    for (let seq = this.#last + 1; seq <= last; seq++) this.#descriptions.delete(seq);
    this.#last = Math.min(last, this.#newest);
    this.#whole ||= this.#last === this.#newest;
    if (items.length) this.#scroller.classList.remove("silent");
    this.#log.setAttribute("aria-live", isLive ? "polite" : "off");
    this.#place.note();
    this.#list.append(...items);
    this.#place.grow(items.length);
    this.#choosing.grow(items);
  }

  #draw(heard, isLive) {
    const description = this.#descriptions.get(heard.seq);
    const item = drawHeard(heard, description, isLive);
    if (description?.explanation) this.#choosing.offer(item, { description, number: description.number });
    const way = JSON.stringify([heard.sender, heard.receiver]);
    if (way === this.#way) return [item];
    this.#way = way;
    return [drawWay(heard), item];
  }
}
