// FTP's data connections: which there are, and what is said of them at the command that asked for a transfer.
import { element } from "./element.js";

export class DataConnections {
  #conns = new Set();
  #commands = new Map(); // by seq: the <li> of a client's line

  // Follows the next event. Says whether it belongs to a data connection.
  follow({ kind, conn, facts }) {
    if (kind === "opened" && facts?.purpose === "data") this.#conns.add(conn);
    return this.#conns.has(conn);
  }

  // `item`: the element of a client's line, which may ask for a transfer.
  offer({ kind, side, protocol, seq }, item) {
    if (kind === "line" && side === "C" && protocol === "ftp") this.#commands.set(seq, item);
  }

  // A transfer is over: the command that asked for it bears a chip from now on.
  mark({ because, facts }) {
    const item = this.#commands.get(because);
    const when = item?.querySelector(".when");
    if (!when || item.querySelector(".chip")) return;
    when.prepend(element("span", { class: "chip" }, `data · ${sayOctets(facts.length)}`), " ");
  }
}

export function sayOctets(count) {
  return `${count.toLocaleString("en")} octet${count === 1 ? "" : "s"}`;
}
