// Where the lab stands, as the log says it: its connections, the program that reads what is typed, and what the newest
// exchange of messages was part of.
export class Sessions {
  #lessons; // by protocol
  #open = new Map(); // by connection: {conn, peer, protocol, state}, oldest first
  #latest = null; // {protocol, state} of the newest that has closed, or of the newest message

  lab = null; // the newest lab event: {change, at, absent, note, goesOn}
  program = null; // what reads the lines that are typed, where that is a program

  constructor(lessons) {
    this.#lessons = lessons;
  }

  apply(description) {
    const { kind, conn, facts } = description;
    if (kind === "lab") this.#applyLab(description);
    if (kind === "opened" && speaksInLines(description)) this.#open.set(conn, this.#begin(description));
    if (kind === "console" && facts && "program" in facts) this.program = facts.program;
    if (kind === "message") this.#applyMessage(description);
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

  // The protocol to show: that of the present session, else of what was newest; null where nothing was said yet.
  get protocol() {
    return (this.present ?? this.#latest)?.protocol ?? null;
  }

  // The state to light: that of the present session, else that in which the newest one ended, or of the resolution that
  // the newest message belongs to.
  get state() {
    return (this.present ?? this.#latest)?.state ?? null;
  }

  get running() {
    return this.lab?.change === "started";
  }

  get ended() {
    return this.lab?.change === "ended" || this.lab?.change === "failed";
  }

  #begin({ conn, heading, protocol }) {
    const own = protocol ?? Object.keys(this.#lessons)[0];
    return { conn, protocol: own, state: this.#lessons[own]?.initial, peer: (heading?.[0] ?? "").split("→").at(-1).trim() };
  }

  #close(session) {
    this.#open.delete(session.conn);
    this.#latest = { ...session, state: "closed" }; // the name that every table of a session has for it
  }

  #applyMessage({ protocol, side, explanation }) {
    const before = this.#latest?.protocol === protocol && side === "S" ? this.#latest.state : null;
    this.#latest = { protocol, state: explanation?.after ?? explanation?.before ?? before };
  }

  #applyLab(description) {
    this.#open.clear(); // no connection outlives a start of its lab
    this.#latest = this.program = null;
    const { change, absent = [], goes_on: goesOn = true } = description.facts ?? {};
    this.lab = { change, absent, goesOn, at: description.at, note: description.note };
  }
}

// What is typed goes to a server that speaks in lines; messages are programs' work, and a data connection has none.
function speaksInLines({ protocol, facts }) {
  return protocol !== "dns" && facts?.purpose !== "data";
}
