// What was typed on this page and is not saved: kept in the tab, by account and address, so that a session that is over
// or a page that is gone loses nothing.
const SENT = "lentil-sent";

export class KeptDraft {
  #path;
  #key;

  constructor(user, path) {
    this.#path = path;
    this.#key = `lentil-draft ${user} ${path}`;
  }

  // `number`: the version that it was begun on, if there was one.
  keep(text, number) {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify({ text, number }));
    } catch {
      // There is no room for it. The text still stands in the editor.
    }
  }

  find() {
    return JSON.parse(sessionStorage.getItem(this.#key));
  }

  drop() {
    sessionStorage.removeItem(this.#key);
  }

  // It is on its way to the server; the page that the server leads to when it has it calls `settleSent`.
  send() {
    sessionStorage.setItem(SENT, JSON.stringify({ key: this.#key, path: this.#path }));
  }
}

// What was sent from the page that led here is saved.
export function settleSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT));
  if (!sent || !document.referrer || new URL(document.referrer).pathname !== sent.path) return;
  sessionStorage.removeItem(sent.key);
  sessionStorage.removeItem(SENT);
}
