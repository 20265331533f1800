// A reader's place in a view that grows at its end: who is there stays there; who is elsewhere is left where they are,
// and a button counts what came since.
const AT_END = 24; // px from the end that still count as being there

export class Place {
  #scroller;
  #news;
  #noun;
  #atEnd = true;
  #top = 0; // where the reader last scrolled to
  #unseen = 0;
  #sought = null; // an element to bring into sight as soon as there is any

  // `noun`: what is counted, in the singular.
  constructor(scroller, news, noun) {
    this.#scroller = scroller;
    this.#news = news;
    this.#noun = noun;
    scroller.addEventListener("scroll", () => this.note(), { passive: true });
    news.addEventListener("click", () => this.showEnd());
    new ResizeObserver(() => this.#settle()).observe(scroller);
  }

  get isAtEnd() {
    return this.#atEnd;
  }

  // Before the view grows: where is the reader?
  note() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    if (!clientHeight) return; // in a tab that is not shown
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    // Lines that come while the page scrolls to its end do not take the reader away from it; scrolling up does.
    if (isAtEnd || scrollTop < this.#top) this.#atEnd = isAtEnd;
    this.#top = scrollTop;
    if (this.#atEnd) this.#count(-this.#unseen);
  }

  // The view has grown by so many.
  grow(count) {
    if (this.#atEnd) this.showEnd();
    else if (count) this.#count(count);
  }

  showEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#atEnd = true;
    this.#count(-this.#unseen);
  }

  // Brings an element into sight, where the view is hidden as soon as it is shown.
  show(item) {
    this.#sought = item;
    if (this.#scroller.clientHeight) this.#settle();
  }

  // Does what may take a part of the place, as a drawer does: then the element stays in sight, not the end.
  keep(item, change) {
    const height = this.#scroller.clientHeight;
    change();
    if (this.#scroller.clientHeight === height) return;
    this.#atEnd = false;
    item?.scrollIntoView({ block: "nearest" });
  }

  #settle() {
    if (!this.#scroller.clientHeight) return;
    if (this.#sought) {
      this.#sought.scrollIntoView({ block: "nearest" });
      this.#sought = null;
      this.#atEnd = false; // unless the scrolling that this may cause ends there
      this.note();
    } else if (this.#atEnd) this.showEnd();
  }

  #count(more) {
    this.#unseen += more;
    this.#news.hidden = this.#unseen === 0;
    this.#news.textContent = `${this.#unseen} new ${this.#noun}${this.#unseen === 1 ? "" : "s"}`;
  }
}
