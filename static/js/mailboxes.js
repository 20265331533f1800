// The mailboxes in the task column: fetched again, as the server draws them, when a message was delivered.
import { showLocalTimes } from "./local-times.js";

export class Mailboxes {
  #place;
  #news;
  #fetching = false;
  #again = false;

  constructor(place, news) {
    this.#place = place;
    this.#news = news;
  }

  // `address` is the mailbox that got a message, or null: then nothing is announced.
  async refresh(address) {
    if (address) this.#news.textContent = `A message arrived for ${address}.`;
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    this.#fetching = true;
    try {
      const answer = await fetch(this.#place.dataset.url, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) this.#show(await answer.text());
    } catch {
      // The network is away. The socket notices it, and its reconnect refreshes.
    }
    this.#fetching = false;
    if (this.#again) {
      this.#again = false;
      this.refresh(null);
    }
  }

  // The fragment is the portal's own template, which escapes what students wrote; no script in it could run.
  #show(html) {
    const fragment = new DOMParser().parseFromString(html, "text/html").body;
    showLocalTimes(fragment);
    this.#place.replaceChildren(...fragment.childNodes);
  }
}
