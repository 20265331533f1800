// What an exercise adds to its lab's page: points and hints, fetched again as the portal draws them when something
// happened that can change them; the answers to questions.
const AGAIN = 400; // ms: events come in bursts
const LONGEST = 2 ** 31 - 1; // ms that a timer can wait
const AWAY = "Lentil did not answer, so your answer may not be kept. It still stands here; answer again in a moment.";
const TRIES = new Set(["trouble", "passing"]); // tones of what went wrong

const page = document.getElementById("main");
const progress = document.getElementById("attempt-progress");
const news = document.getElementById("hints-news");
let waiting = null;
let opening = null; // the timer until the next hint opens

page.addEventListener("events", ({ detail: { descriptions, live } }) => {
  if (live && descriptions.some(({ kind, tone }) => kind === "goal" || TRIES.has(tone))) refreshSoon();
});
for (const form of document.querySelectorAll("[data-question]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form);
  });
}
awaitHint();

function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, AGAIN);
}

async function refresh() {
  try {
    const answered = await fetch(progress.dataset.url, { headers: { Accept: "text/html" } });
    if (answered.ok && !answered.redirected) show(await answered.text());
  } catch {
    // The network is away: what happens next asks again.
  }
}

// The portal's own template escapes what was written. Hints stay as open as they are, and the focus stays.
function show(html) {
  const fragment = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = fragment.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh || fresh.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.closest("[data-hint]") : null;
    for (const hint of part.querySelectorAll("[data-hint][open]")) find(fresh, hint).open = true;
    sayHints(part, fresh);
    part.replaceChildren(...fresh.childNodes);
    if (focused) find(part, focused).querySelector("summary").focus();
  }
  awaitHint();
}

function find(part, { dataset }) {
  return part.querySelector(`[data-hint="${dataset.hint}"]`);
}

function sayHints(part, fresh) {
  const [before, after] = [part, fresh].map((each) => each.querySelectorAll("[data-hint]").length);
  if (after > before) news.textContent = "A hint is open.";
}

function awaitHint() {
  const wait = document.querySelector("[data-wait]")?.dataset.wait;
  clearTimeout(opening);
  if (wait) opening = setTimeout(refresh, Math.min(LONGEST, (Number(wait) + 1) * 1000));
}

async function answer(form) {
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button");
  button.disabled = true;
  const { sentence, right } = await send(form);
  button.disabled = false;
  said.classList.toggle("right", right);
  said.textContent = sentence;
  if (right) tick(form.dataset.question);
  refreshSoon();
}

// No event of the log meets a goal that is a question.
function tick(goal) {
  const item = [...document.querySelectorAll("[data-goal]")].find((each) => each.dataset.goal === goal);
  if (!item) return;
  item.dataset.status = "met";
  item.querySelector("[data-says]").textContent = "Met";
}

async function send(form) {
  try {
    const answered = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (answered.ok && !answered.redirected) return await answered.json();
  } catch {
    // The network is away.
  }
  return { sentence: AWAY, right: false };
}
