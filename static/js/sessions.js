// Where the lab and its connections stand, as the log says it.
export class Sessions {
  #initial; // the state in which a session begins
  #open = new Map(); // by connection: {conn, peer, state}, oldest first
  #over = null; // the newest that has closed

  lab = null; // the newest lab event: {change, at, absent, note, goesOn}

  constructor(initial) {
    this.#initial = initial;
  }

  apply(description) {
    const { kind, conn } = description;
    if (kind === "lab") this.#applyLab(description);
    if (kind === "opened") this.#open.set(conn, begin(description, this.#initial));
    const session = this.#open.get(conn);
    const { before, after } = description.explanation ?? {};
    if (session) session.state = after ?? before ?? session.state;
    if (kind === "closed" && session) this.#close(session);
  }

  // The lab was asked to start again: that it ended is no news any more.
  awaitStart() {
    if (this.ended) this.lab = null;
  }

  // The session that the next line goes to, or null.
  get present() {
    return [...this.#open.values()].at(-1) ?? null;
  }

  // The state to light: that of the present session, else that in which the newest one ended.
  get state() {
    return (this.present ?? this.#over)?.state ?? null;
  }

  get running() {
    return this.lab?.change === "started";
  }

  get ended() {
    return this.lab?.change === "ended" || this.lab?.change === "failed";
  }

  #close(session) {
    this.#open.delete(session.conn);
    this.#over = { ...session, state: "closed" }; // the name that every protocol's table has for it
  }

  #applyLab(description) {
    this.#open.clear(); // no connection outlives a start of its lab
    this.#over = null;
    const { change, absent = [], goes_on: goesOn = true } = description.facts ?? {};
    this.lab = { change, absent, goesOn, at: description.at, note: description.note };
  }
}

function begin({ conn, heading }, state) {
  return { conn, state, peer: (heading?.[0] ?? "").split("→").at(-1).trim() };
}
