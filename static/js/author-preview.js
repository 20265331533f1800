// The preview beside the editor: the server makes it of what is typed, a moment after the last key. Where that is no
// exercise, the mistake is shown, and below it the last preview that could be made.
const PAUSE = 400; // ms without a key before the server is asked
const AWAY = "The preview cannot be made for the moment: the portal does not answer. What you wrote stays here.";
const SIGNED_OUT = "You are signed out. Sign in in another tab, then go on here: what you wrote stays here.";

export class Preview {
  #form;
  #place;
  #status;
  #trouble;
  #mark; // called with the line and the sentence of a mistake, or with nulls
  #timer = null;
  #asking = null; // the request that is under way, as an AbortController
  line = null; // of the mistake

  constructor(form, mark) {
    this.#form = form;
    this.#place = form.querySelector("[data-preview]");
    this.#status = form.querySelector("[data-preview-status]");
    this.#trouble = form.querySelector("[data-preview-trouble]");
    this.#mark = mark;
  }

  // Show at the line what the page itself came with.
  follow() {
    this.#follow(this.#place.querySelector("[data-problem]"));
  }

  // What is typed has changed.
  ask() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      const answer = await this.#fetch(asking.signal);
      if (answer.redirected) return this.#say(SIGNED_OUT);
      if (!answer.ok) return this.#say(AWAY);
      this.#show(await answer.text());
      this.#say("");
    } catch (error) {
      if (error.name !== "AbortError") this.#say(AWAY);
    }
  }

  async #fetch(signal) {
    const ask = () => fetch(this.#form.dataset.previewUrl, { method: "POST", body: this.#body(), signal });
    const answer = await ask();
    if (answer.status !== 403) return answer;
    // Whoever signs in again has another token: it is in the page as it would be now.
    const page = await fetch(location.pathname, { signal });
    const fresh = parse(await page.text()).querySelector("[data-author] [name=csrfmiddlewaretoken]");
    if (!fresh) return page;
    this.#form.querySelector("[name=csrfmiddlewaretoken]").value = fresh.value;
    return ask();
  }

  #body() {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "source", "lab"]) body.set(name, this.#form.elements[name].value);
    return body;
  }

  // The fragment is the portal's own template, which escapes what was written; no script in it could run.
  #show(html) {
    const made = parse(html).body;
    const problem = made.querySelector("[data-problem]");
    const whole = made.querySelector("[data-whole]") ?? this.#place.querySelector("[data-whole]");
    whole?.classList.toggle("outdated", Boolean(problem));
    this.#place.replaceChildren(...[problem, whole].filter(Boolean));
    this.#follow(problem);
  }

  #follow(problem) {
    this.line = Number(problem?.dataset.line) || null;
    const sentence = problem?.dataset.problem ?? "";
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
    this.#mark(this.line, sentence);
  }

  #say(sentence) {
    this.#trouble.hidden = !sentence;
    if (this.#trouble.textContent !== sentence) this.#trouble.textContent = sentence;
  }
}

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}
