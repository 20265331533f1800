// The websocket of a lab. The page is what the log says: every description comes once, in order, without a gap,
// whatever happens to the connection.
const FIRST_WAIT = 300; // ms before the first new try; doubled each time
const LONGEST_WAIT = 5000;
const ANSWER_WAIT = 4000; // ms that a probe waits before it takes the connection for dead
const NOT_YOURS = 4403; // close code: the user may not see this lab (any more); portal/labs/consumer.py sends it

export class LabSocket {
  #url;
  #handlers;
  #socket = null;
  #failures = 0;
  #retry = null;
  #probe = null;
  #asked = false; // `since` was sent, and nothing that continues the log has come yet

  last = 0; // the seq up to which the page is complete
  whole = false; // the page has all of the log as it is

  // handlers: events(descriptions, whole), refused(sentence, clientId), paused(sentence), lost(is it for good?)
  constructor(lab, handlers) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#url = `${scheme}//${location.host}/ws/labs/${lab}/`;
    this.#handlers = handlers;
    addEventListener("online", () => this.probe());
    addEventListener("offline", () => this.#socket && this.#drop());
    document.addEventListener("visibilitychange", () => document.hidden || this.probe());
  }

  open() {
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#ask());
    socket.addEventListener("message", (event) => this.#take(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#lost(event.code));
  }

  // Sends a message if the connection is there and the page is complete; says whether it did.
  send(message) {
    if (!this.whole) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  // Finds out now whether the connection lives: a laptop that slept still believes in a dead one.
  probe() {
    if (this.#socket?.readyState === WebSocket.CONNECTING || this.#probe) return;
    if (this.#socket?.readyState !== WebSocket.OPEN) return this.open();
    this.#probe = setTimeout(() => this.#drop(), ANSWER_WAIT);
    this.#ask();
  }

  #ask() {
    this.#asked = true;
    this.#socket.send(JSON.stringify({ type: "since", seq: this.last }));
  }

  #take(message) {
    clearTimeout(this.#probe);
    this.#probe = null;
    if (message.type === "refused") this.#handlers.refused(message.sentence, message.client_id);
    if (message.type === "paused") this.#handlers.paused(message.sentence);
    if (message.type === "events") this.#takeEvents(message);
  }

  #takeEvents(message) {
    const fresh = message.descriptions.filter((description) => description.seq > this.last);
    const next = fresh.length ? fresh[0].seq : message.last + 1;
    if (next > this.last + 1) {
      if (!this.#asked) this.#ask();
      return;
    }
    this.#asked = false;
    this.#failures = 0;
    this.last = Math.max(this.last, message.last);
    this.whole = message.whole;
    this.#handlers.events(fresh, message.whole);
  }

  #drop() {
    const socket = this.#socket;
    this.#lost();
    socket.close();
  }

  #lost(code) {
    clearTimeout(this.#probe);
    this.#probe = this.#socket = null;
    this.whole = false;
    this.#handlers.lost(code === NOT_YOURS);
    if (code === NOT_YOURS) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
  }
}
