// Where the lab and its connections stand, as the log says it.
export class Sessions {
  #open = new Map(); // by connection: {conn, peer, protocol, state}, oldest first

  lab = null; // the newest lab event: {change, at, absent, note}

  apply(description) {
    const { kind, conn } = description;
    if (kind === "lab") this.#applyLab(description);
    if (kind === "opened") this.#open.set(conn, begin(description));
    if (kind === "closed") this.#open.delete(conn);
    const session = this.#open.get(conn);
    const { before, after } = description.explanation ?? {};
    if (session) session.state = after ?? before ?? session.state;
  }

  // The session that the next line goes to, or null.
  get present() {
    return [...this.#open.values()].at(-1) ?? null;
  }

  get running() {
    return this.lab?.change === "started";
  }

  get ended() {
    return this.lab?.change === "ended" || this.lab?.change === "failed";
  }

  #applyLab(description) {
    this.#open.clear(); // no connection outlives a start of its lab
    const { change, absent = [] } = description.facts ?? {};
    this.lab = { change, absent, at: description.at, note: description.note };
  }
}

function begin({ conn, protocol, heading }) {
  return { conn, protocol, state: null, peer: (heading?.[0] ?? "").split("→").at(-1).trim() };
}
