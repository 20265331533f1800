// Lines that were sent and are not on the wire yet. Each has an id of its own: sent again after a reconnect, it still
// is one line.
const MESSAGE_LIMIT = 4 * 1024; // octets of one message; portal/labs/messages.py holds it
const MESSAGES_A_SECOND = 16; // below the 20 that a socket may send, so that a long paste is not refused
const SECOND = 1000; // ms
const PATIENCE = 2000; // ms after which a line that the log does not have is sent again

export class Outbox {
  #socket;
  #changed;
  #settled = []; // when the portal was seen to have taken each line of the last second
  #timer = null;
  #look = null;
  items = []; // {clientId, text, sent: when, typed: the seq at which the log has it}, in order

  constructor(socket, changed) {
    this.#socket = socket;
    this.#changed = changed;
  }

  // Takes a line; returns the sentence that says why it cannot be sent, or null.
  add(text) {
    const item = { clientId: newId(), text, sent: null, typed: null };
    if (new TextEncoder().encode(JSON.stringify(message(item))).length > MESSAGE_LIMIT) {
      return `A message is at most ${MESSAGE_LIMIT.toLocaleString("en")} octets long; send shorter lines.`;
    }
    this.items.push(item);
    this.send();
    return null;
  }

  // After a reconnect: what the log does not have goes out again.
  again() {
    this.#sendAgain(this.items.filter(isNew));
  }

  // Sends what waits, in order, no faster than a socket may. A line counts until a second after the portal was seen to
  // have taken it: by the time of sending, lines that the network held up and then brought all at once would be too
  // many.
  send() {
    clearTimeout(this.#timer);
    for (const item of this.items.filter((waiting) => waiting.sent === null)) {
      const now = Date.now();
      this.#settled = this.#settled.filter((time) => time > now - SECOND);
      if (this.#settled.length + this.items.filter(isUnderWay).length >= MESSAGES_A_SECOND) {
        // Where none has settled yet, the events that settle one come back here.
        if (this.#settled.length) this.#timer = setTimeout(() => this.send(), this.#settled[0] + SECOND - now);
        break;
      }
      if (!this.#socket.send(message(item))) break;
      item.sent = now;
      clearTimeout(this.#look);
      this.#look = setTimeout(() => this.#lookAfter(), PATIENCE);
    }
    this.#changed(this.items);
  }

  // Some time after the last line: is the page complete, and does the log have every line?
  #lookAfter() {
    this.#socket.probe();
    this.#sendAgain(this.items.filter((item) => isNew(item) && item.sent));
  }

  #sendAgain(items) {
    for (const item of items) item.sent = null;
    this.send();
  }

  // A description came: the lines that it shows are no longer pending.
  settle(description) {
    const index = this.items.findIndex((item) => isOf(description, item));
    const item = this.items[index];
    if (item && isNew(item)) {
      item.typed = description.seq;
      this.#settled.push(Date.now());
    }
    if (description.kind === "block" && description.side === "C") this.items = this.items.filter(isNew);
    else if (item && isShown(description)) {
      // A block may have shown those typed before it.
      this.items = this.items.filter((other, place) => place > index || (place < index && isNew(other)));
    }
  }

  // The lab stopped or started: nothing is on its way any more. Returns the lines that the log does not have.
  clear() {
    const lost = this.items.filter(isNew);
    this.items = [];
    return lost;
  }

  // The line was refused: it is no longer pending. Returns it.
  refuse(clientId) {
    const item = this.items.find((waiting) => waiting.clientId === clientId);
    this.items = this.items.filter((waiting) => waiting !== item);
    this.#settled.push(Date.now());
    this.send();
    return item;
  }
}

// Not crypto.randomUUID(), which a page has only over HTTPS or at localhost.
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

function message(item) {
  return { type: "input", client_id: item.clientId, console: 1, text: item.text };
}

function isOf(description, item) {
  return description.client_id === item.clientId || (item.typed && description.because === item.typed);
}

function isShown(description) {
  return Boolean(description.parts || description.note || description.heading || description.program);
}

function isNew(item) {
  return !item.typed;
}

function isUnderWay(item) {
  return item.sent !== null && isNew(item);
}
