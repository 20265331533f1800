// The lab's status in the bar: what it is doing, what its sandbox lacks, and for how long it has been open.
import { clock } from "./times.js";

export class LabStatus {
  #place;
  #skew; // ms that this machine's clock is ahead of the server's
  #started = null; // ms since the epoch, on the server's clock

  constructor(place, serverNow) {
    this.#place = place;
    this.#skew = Date.now() - serverNow * 1000;
    setInterval(() => this.#tick(), 1000);
  }

  // `lab` is the newest lab event (sessions.js), null before the first.
  show(lab) {
    const state = lab?.change ?? "starting";
    const running = state === "started";
    this.#started = running ? lab.at / 1000 : null;
    this.#say(state, running ? `Lab running · ${sandbox(lab.absent)}` : WORDS[state]);
  }

  // Nothing of what the lab does can be shown.
  pause() {
    this.#started = null;
    this.#say("paused", "Lab paused");
  }

  // The page does not hear of the lab.
  reconnect() {
    this.#started = null;
    this.#say("reconnecting", "Reconnecting…");
  }

  #say(state, words) {
    this.#place.dataset.state = state;
    this.#tick();
    const place = this.#place.querySelector("[data-words]");
    if (place.textContent !== words) place.textContent = words; // said once, not at every event
  }

  #tick() {
    const seconds = (Date.now() - this.#skew - this.#started) / 1000;
    this.#place.querySelector("[data-clock]").textContent = this.#started ? ` · ${clock(seconds)}` : "";
  }
}

const WORDS = {
  starting: "Lab starting…",
  ended: "Lab ended",
  failed: "Lab could not start",
};

function sandbox(absent) {
  return absent.length ? `sandbox without ${absent.join(", ")}` : "sandbox complete";
}
