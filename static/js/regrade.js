// The page of grading again: how far the work is, until it is done.
const LOOK = 1000; // ms between two looks
const part = () => document.getElementById("regrade");

if ("working" in part().dataset) setTimeout(look, LOOK);

async function look() {
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload(); // signed out: the sign-in page leads back here
    if (answer.ok) show(await answer.text());
  } catch {
    // The network is away, and asked again.
  }
  if ("working" in part().dataset) setTimeout(look, LOOK);
}

// The sentence stays the same element, so that a screen reader says it when it changes.
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("regrade");
  if (!fresh) return;
  const [said, now] = [fresh, part()].map((each) => each.querySelector("[role=status]"));
  if (now.textContent !== said.textContent) now.textContent = said.textContent;
  said.replaceWith(now);
  part().replaceWith(fresh);
}
