// What the messages' causes say beyond each message: how many queries others made on behalf of one, and what was kept
// of an answer.
import { duration, span } from "./times.js";

export class Queries {
  #student;
  #messages = new Map(); // by seq: {at, because, isQuery, sender, behalf: queries of others that it led to}

  constructor(student) {
    this.#student = student;
  }

  // Follows the causes of the next event. Returns what is to be said of it: of an answer to the student, how many
  // queries of others it took, and how long.
  follow({ kind, seq, at, side, because, route }) {
    if (kind !== "message" || !route) return null;
    const [sender, receiver] = route.map(nameOf);
    const message = { at, because, isQuery: side === "C", sender, behalf: 0 };
    this.#messages.set(seq, message);
    if (message.isQuery) this.#count(message);
    const asked = this.#messages.get(because);
    if (message.isQuery || receiver !== this.#student || !asked?.behalf) return null;
    return `${asked.behalf} ${asked.behalf === 1 ? "query" : "queries"} on your behalf · ${span(at - asked.at)}`;
  }

  #count({ because, sender }) {
    for (let cause = this.#messages.get(because); cause; cause = this.#messages.get(cause.because)) {
      if (cause.isQuery && cause.sender !== sender) cause.behalf += 1;
    }
  }
}

// What was kept of an answer, and for how long: in short, and in full. `cached`: [name, seconds, type, code] each, with
// a code where it is known not to exist.
export function sayCached(cached) {
  const codes = new Set(cached.map(([, , , code]) => code));
  const times = cached.map(([, seconds]) => seconds);
  const [shortest, longest] = [Math.min(...times), Math.max(...times)].map(duration);
  const time = shortest === longest ? longest : `${shortest} to ${longest}`;
  const code = codes.size === 1 && cached[0][3] ? `${cached[0][3]} ` : "";
  const records = cached.map(([name, seconds, type, kept]) => {
    return `${[name, type, kept].filter(Boolean).join(" ")} for ${duration(seconds)}`;
  });
  return [`${code}cached ${time}`, `cached: ${records.join(", ")}`];
}

function nameOf({ host, address }) {
  return host || address;
}
