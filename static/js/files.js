// The trees of files in the task column: fetched again, as the portal draws them, when something in them changed; and the
// forms that put a file there.
import { showLocalTimes } from "./local-times.js";

const AWAY = "Lentil did not answer, so the file may not be there. Look in a moment, and put it there again if it is not.";
const SENDING = "The file is on its way…";

export class Files {
  #place;
  #news;
  #fetching = false;
  #again = false;

  constructor(place, news) {
    this.#place = place;
    this.#news = news;
    for (const form of place.querySelectorAll("[data-put-file]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#put(form);
      });
    }
  }

  // `sentence` says what changed, or is null: then nothing is announced.
  async refresh(sentence) {
    if (sentence) this.#news.textContent = sentence;
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    this.#fetching = true;
    const html = await ask(this.#place.dataset.url);
    this.#fetching = false;
    if (html) this.#show(html);
    if (!this.#again) return;
    this.#again = false;
    this.refresh(null);
  }

  // The portal's own template escapes what students wrote. Directories stay as open as they are, and the focus stays.
  #show(html) {
    const fragment = new DOMParser().parseFromString(html, "text/html");
    showLocalTimes(fragment.body);
    for (const tree of this.#place.querySelectorAll("[data-tree]")) {
      const fresh = [...fragment.querySelectorAll("[data-tree]")].find((each) => each.dataset.tree === tree.dataset.tree);
      if (!fresh) continue;
      const focused = tree.contains(document.activeElement) ? document.activeElement.closest("[data-path]") : null;
      for (const details of fresh.querySelectorAll("details")) {
        const old = find(tree, "details", details.dataset.path);
        if (old) details.open = old.open;
      }
      tree.replaceChildren(...fresh.childNodes);
      const again = focused && find(tree, "[data-path]", focused.dataset.path);
      if (again) (again.querySelector("summary") ?? again).focus();
    }
  }

  // The form stays as it is where the file was refused.
  async #put(form) {
    const said = form.querySelector("[data-said]");
    const button = form.querySelector("button");
    said.classList.remove("done", "failed");
    said.textContent = SENDING;
    button.disabled = true;
    const answer = await send(form);
    button.disabled = false;
    said.classList.add(answer.done ? "done" : "failed");
    said.textContent = answer.sentence;
    if (!answer.done) return;
    form.querySelector('[type="file"]').value = "";
    this.refresh(null);
  }
}

async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null; // the network is away: the socket notices it, and its reconnect refreshes
  }
}

async function send(form) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (answer.ok && !answer.redirected) return await answer.json();
  } catch {
    // The network is away, or the file cannot be read.
  }
  return { done: false, sentence: AWAY };
}

function find(tree, selector, path) {
  return [...tree.querySelectorAll(selector)].find((node) => node.dataset.path === path);
}
