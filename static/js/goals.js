// The goals in the task column, as the log judges them: each with its tick, its word, and the lines that show it.
import { element } from "./element.js";

const SAYS = { met: "Met", kept: "Kept so far", broken: "Missed", open: "Not met yet" };
const QUIET = new Set(["kept"]); // what is so from the start is no news

export class Goals {
  #items; // the <li>s, in the goals' order
  #news;
  #follow;
  #lines = []; // the seq of each numbered line: that of line 1 first

  // `follow` is called with the seqs of an event and of the line that it stands at, to choose the first that is shown.
  constructor(list, news, follow) {
    this.#items = [...list.children];
    this.#news = news;
    this.#follow = follow;
    list.addEventListener("click", (event) => {
      const link = event.target.closest("[data-seqs]");
      if (link) this.#follow(link.dataset.seqs.split(" "));
    });
  }

  // Takes what the log says, in its order. A description that proves a goal learns which, and where that is to be said:
  // `proves` is the goal's number and the seqs of what can say it, the best first. `live`: it happens just now.
  take(descriptions, live) {
    for (const description of descriptions) {
      if (description.number) this.#lines.push(description.seq);
      if (description.kind === "goal") this.#show(description, live);
    }
  }

  #show(description, live) {
    const { goal, status, evidence, met, parts } = description.facts;
    const place = this.#items.findIndex((item) => item.dataset.goal === goal);
    if (place < 0) return;
    const item = this.#items[place];
    item.dataset.status = status;
    const steps = status === "open" && met ? `${met} of ${parts}` : null;
    item.querySelector("[data-says]").replaceChildren(steps ?? say(status), ...this.#drawEvidence(evidence, steps));
    if (live && !QUIET.has(status)) this.#news.textContent = description.note;
    if (status === "met" && evidence.length) description.proves = { number: place + 1, seqs: this.#seqsOf(evidence.at(-1)) };
  }

  // " in lines 6 and 8", each number a link; what is no line stands after the one before it.
  #drawEvidence(evidence, steps) {
    const at = { in: new Map(), after: new Map() };
    for (const seq of evidence) {
      const number = this.#numberBefore(seq);
      const isLine = this.#lines[number - 1] === seq;
      if (number) at[isLine ? "in" : "after"].set(number, this.#seqsOf(seq).join(" "));
    }
    const phrases = Object.entries(at).filter(([, links]) => links.size);
    return phrases.flatMap(([word, links], index) => {
      const before = index ? ` and ${word} ` : steps ? `, ${word} ` : ` ${word} `;
      return [before, ...drawLinks(links)];
    });
  }

  #seqsOf(seq) {
    const line = this.#lines[this.#numberBefore(seq) - 1];
    return line && line !== seq ? [seq, line] : [seq];
  }

  // How many lines there are up to event `seq`, which is the number of the last of them.
  #numberBefore(seq) {
    let [low, high] = [0, this.#lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle] <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function say(status) {
  return status === "open" ? element("span", { class: "visually-hidden" }, SAYS.open) : SAYS[status];
}

function drawLinks(links) {
  const numbers = [...links.keys()];
  const isOne = numbers.length === 1;
  const drawn = numbers.flatMap((number, index) => {
    const between = index === 0 ? "" : index === numbers.length - 1 ? " and " : ", ";
    const attributes = { class: "leads", type: "button", "data-seqs": links.get(number) };
    if (isOne) return [element("button", attributes, `line ${number}`)];
    return [between, element("button", { ...attributes, "aria-label": `line ${number}` }, number)];
  });
  return isOne ? drawn : ["lines ", ...drawn];
}
