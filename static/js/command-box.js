// The command box: Enter sends, Up and Down recall what was sent, a paste of several lines is sent line by line.
const PASTE_LIMIT = 200; // lines of one paste
const HISTORY_LIMIT = 200; // lines kept

export class CommandBox {
  #input;
  #send; // called with a line; returns the sentence that says why it was not taken, or null
  #complain; // called with a sentence, or "" when there is nothing to say
  #key;
  #history;
  #place; // in the history; its length: the line being typed
  #draft = "";

  constructor(form, lab, send, complain) {
    this.#input = form.querySelector("input");
    this.#send = send;
    this.#complain = complain;
    this.#key = `history of lab ${lab}`;
    this.#history = recall(this.#key);
    this.#place = this.#history.length;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#take(this.#input.value)) this.#input.value = "";
    });
    this.#input.addEventListener("keydown", (event) => this.#browse(event));
    this.#input.addEventListener("paste", (event) => this.#paste(event));
  }

  // Puts `text` into the box, to be changed and sent.
  fill(text) {
    this.#input.value = text;
    this.#input.focus();
  }

  // A line came back: it stands in the box again, unless something else is being typed there.
  giveBack(text) {
    if (!this.#input.value) this.#input.value = text;
  }

  #take(text) {
    const trouble = this.#send(text);
    this.#complain(trouble ?? "");
    if (trouble) return false;
    if (text && text !== this.#history.at(-1)) this.#history.push(text);
    this.#history.splice(0, this.#history.length - HISTORY_LIMIT);
    this.#place = this.#history.length;
    keep(this.#key, this.#history);
    return true;
  }

  #browse(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const place = this.#place + step;
    if (!step || place < 0 || place > this.#history.length) return;
    event.preventDefault();
    if (this.#place === this.#history.length) this.#draft = this.#input.value;
    this.#place = place;
    this.#input.value = this.#history[place] ?? this.#draft;
  }

  #paste(event) {
    const lines = event.clipboardData.getData("text").split(/\r\n|\r|\n/);
    if (lines.length === 1) return;
    event.preventDefault();
    const count = lines.length - (lines.at(-1) === ""); // what ends in a line break has no line after it
    if (count > PASTE_LIMIT) {
      const found = count.toLocaleString("en");
      this.#complain(`A paste is at most ${PASTE_LIMIT} lines long, and this has ${found}. Send it in parts.`);
      return;
    }
    const { value, selectionStart, selectionEnd } = this.#input;
    lines[0] = value.slice(0, selectionStart) + lines[0];
    const rest = lines.pop() + value.slice(selectionEnd);
    const kept = lines.findIndex((line) => !this.#take(line));
    this.#input.value = kept < 0 ? rest : lines[kept];
  }
}

function keep(key, history) {
  try {
    sessionStorage.setItem(key, JSON.stringify(history));
  } catch {
    // Storage is off: a reload forgets the history.
  }
}

function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}
