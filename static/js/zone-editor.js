// A zone's master file in its text area: line numbers beside it, the wrong line marked and chosen, and a question
// before what was written is left behind.
for (const form of document.querySelectorAll("[data-zone-editor]")) edit(form);

function edit(form) {
  const text = form.querySelector("textarea");
  const numbers = form.querySelector("[data-line-numbers]");
  const wrong = Number(form.dataset.wrongLine) || null;
  const saved = text.defaultValue;
  let isWritten = "refused" in form.dataset; // what the server did not take is written, and saved nowhere
  let shown = 0;

  function showNumbers() {
    const count = text.value.split("\n").length;
    if (count === shown) return;
    shown = count;
    numbers.replaceChildren(...Array.from({ length: count }, (_, place) => number(place + 1)));
    follow();
  }

  function number(line) {
    const node = document.createElement(line === wrong ? "strong" : "span");
    node.className = line === wrong ? "wrong" : "";
    node.textContent = line;
    const row = document.createElement("div");
    row.append(node);
    return row;
  }

  function follow() {
    numbers.scrollTop = text.scrollTop;
  }

  text.addEventListener("input", () => {
    isWritten = isWritten || text.value !== saved;
    showNumbers();
  });
  text.addEventListener("scroll", follow);
  form.addEventListener("submit", () => (isWritten = false));
  window.addEventListener("beforeunload", (event) => isWritten && event.preventDefault());
  showNumbers();
  if (wrong) {
    choose(text, wrong);
    follow();
    numbers.querySelector(".wrong")?.scrollIntoView({ block: "nearest" });
  }
}

function choose(text, line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + lines[line - 1].length);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 4) * height);
}
