// The sentence above the command box that says what is wrong. What passes by itself is taken back when it has passed.
export class Trouble {
  #place;
  #passing = null;
  #timer = null;

  constructor(place) {
    this.#place = place;
  }

  // Says a sentence, which stays until the next; "" for none.
  say(sentence) {
    if (this.#place.textContent !== sentence) this.#place.textContent = sentence;
  }

  // Says a sentence after `wait` ms, unless `pass` comes first.
  sayPassing(sentence, wait = 0) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#passing = sentence;
      this.say(sentence);
    }, wait);
  }

  // What passes has passed.
  pass() {
    clearTimeout(this.#timer);
    if (this.#place.textContent === this.#passing) this.say("");
    this.#passing = null;
  }
}
