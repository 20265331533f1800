// A list of which one item may be chosen: by a click, by the arrow keys, or in another view of the same log. There is
// one tab stop among its buttons.
export class Choosing {
  #list;
  #place;
  #choose; // called with the chosen entry, or null, and whether to open the drawer where the explanation is one
  #entries = new Map(); // by <li>: {description, number}
  #stop = null; // the button that Tab reaches
  #chosen = null; // the <li>
  #sought = null; // the seq of what was chosen elsewhere, and may not be here yet

  constructor(list, place, choose) {
    this.#list = list;
    this.#place = place;
    this.#choose = choose;
    list.addEventListener("click", (event) => this.#click(event));
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  // `item` can be chosen: the <li> of an event, with a button in it.
  offer(item, entry) {
    this.#entries.set(item, entry);
  }

  // The list has grown by these items: Tab leads to the newest one, unless the reader is elsewhere.
  grow(items) {
    const sought = items.find((item) => this.#sought && this.#entries.get(item)?.description.seq === this.#sought);
    const last = items.findLast((item) => this.#entries.has(item));
    if (sought) this.#light(sought);
    if (last && !this.#chosen && !this.#list.contains(document.activeElement)) this.#setStop(buttonOf(last));
  }

  // Event `seq` was chosen somewhere, or null: none is.
  mark(seq) {
    if (this.#sought === seq) return;
    this.#sought = seq;
    const item = seq === null ? null : this.#list.querySelector(`[data-seq="${seq}"]`);
    this.#light(this.#entries.has(item) ? item : null);
  }

  #click(event) {
    const link = event.target.closest("[data-leads-to]");
    if (link) return this.follow(link.dataset.leadsTo);
    if (event.target.closest("summary")) return; // it unfolds
    const item = event.target.closest("li");
    if (!this.#entries.has(item) || String(getSelection())) return;
    const isKey = event.detail === 0; // Enter on a line that the arrow keys chose opens it, and does not let go of it
    this.#setStop(buttonOf(item));
    this.#stop.focus({ preventScroll: true });
    this.#pick(item === this.#chosen && !isKey ? null : item, true);
  }

  // A link in one item, or elsewhere on the page, leads to another, and chooses it. Returns whether it is here.
  follow(seq) {
    const item = this.#list.querySelector(`[data-seq="${seq}"]`);
    if (!this.#entries.has(item)) return false;
    this.#setStop(buttonOf(item));
    this.#stop.focus({ preventScroll: true });
    this.#pick(item);
    this.#place.show(item);
    return true;
  }

  // Arrow keys go from item to item, and explain each where the explanation stands beside the wire.
  #move(event) {
    const items = [...this.#list.children].filter((item) => this.#entries.has(item));
    const here = items.findIndex((item) => item.contains(event.target));
    const to = items[{ ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key]];
    if (event.key === "Escape") this.#pick(null);
    if (here < 0 || !to) return;
    event.preventDefault();
    this.#setStop(buttonOf(to));
    this.#stop.focus({ preventScroll: true });
    this.#pick(to);
    this.#place.show(to);
  }

  #setStop(button) {
    if (this.#stop) this.#stop.tabIndex = -1;
    button.tabIndex = 0;
    this.#stop = button;
  }

  #pick(item, open = false) {
    const entry = item ? this.#entries.get(item) : null;
    this.#sought = entry ? entry.description.seq : null;
    this.#light(item, false);
    this.#place.keep(item, () => this.#choose(entry, open));
  }

  #light(item, show = true) {
    if (this.#chosen) {
      this.#chosen.classList.remove("chosen");
      buttonOf(this.#chosen).removeAttribute("aria-pressed");
    }
    this.#chosen = item;
    if (!item) return;
    item.classList.add("chosen");
    buttonOf(item).setAttribute("aria-pressed", "true");
    if (!show) return;
    this.#setStop(buttonOf(item));
    this.#place.show(item);
  }
}

function buttonOf(item) {
  return item.querySelector("button");
}
