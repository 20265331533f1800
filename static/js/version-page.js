// A version's page: what its solution's run comes to is shown as soon as the server knows, and what was sent from the
// editor is not kept in the tab any more.
import { settleSent } from "./author-draft.js";

const LOOK = 1000; // ms between two looks
const trial = () => document.getElementById("trial");

settleSent();
if ("waiting" in trial().dataset) setTimeout(look, LOOK);

async function look() {
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload(); // signed out: the sign-in page leads back here
    if (answer.ok) show(await answer.text());
  } catch {
    // The network is away, and asked again.
  }
  if ("waiting" in trial().dataset) setTimeout(look, LOOK);
}

// The fragment is the portal's own template, which escapes what was written; no script in it could run. The sentence on
// the state stays the same element, so that a screen reader says it when it changes.
function show(html) {
  const made = new DOMParser().parseFromString(html, "text/html");
  const fresh = made.getElementById("trial");
  if (!fresh || fresh.dataset.state === trial().dataset.state) return;
  const said = made.getElementById("trial-state");
  const sentence = document.getElementById("trial-state");
  sentence.className = said.className;
  sentence.textContent = said.textContent.trim();
  trial().replaceWith(fresh);
}
