// The page on which an exercise is written: an editor in place of the text area, the server's preview of what is typed,
// and what was typed kept in this tab until the server has it.
import { Editor } from "./author-editor.js";
import { KeptDraft } from "./author-draft.js";
import { Preview } from "./author-preview.js";

const $ = (selector) => form.querySelector(selector);
const form = document.querySelector("[data-author]");
const area = $("textarea");
const saved = "saved" in form.dataset ? area.value : null; // null: the server did not take what stands there
const kept = new KeptDraft(form.dataset.user, location.pathname);
const news = $("[data-news]");
const preview = new Preview(form, (line, problem) => editor.mark(line, problem));
const editor = new Editor(area, JSON.parse(document.getElementById("places").textContent), typed);

$("[data-for-editor]").hidden = false;
restore();
preview.follow();
if (document.getElementById("refusal")) editor.chooseLine(preview.line);

function typed(text) {
  if (text === saved) kept.drop();
  else kept.keep(text, $("[name=number]")?.value);
  showDrop(text);
  preview.ask();
}

// What was typed and is not saved anywhere: the session was over, or the browser.
function restore() {
  const found = saved === null ? null : kept.find();
  if (!found || found.text === saved) return showDrop(area.value);
  if (found.number) $("[name=number]").value = found.number;
  editor.replace(found.text);
  say("What you had written here and not saved is back.");
}

function showDrop(text) {
  $("[data-drop]").hidden = text === saved;
}

function say(sentence) {
  news.hidden = false;
  news.textContent = sentence;
}

$("[data-drop]").addEventListener("click", () => leave(() => kept.drop()));
form.addEventListener("submit", () => leave(() => kept.send()));
window.addEventListener("beforeunload", ask);

function ask(event) {
  if (editor.text !== saved) event.preventDefault();
}

function leave(then) {
  window.removeEventListener("beforeunload", ask);
  then();
}

// A file takes the place of the text, as if it were typed: it can be undone.
$("#file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  if (file.size > Number(target.dataset.limit)) return say(target.dataset.tooLarge);
  try {
    editor.replace(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    say(`The text of ${file.name} is in the editor, and not saved yet. Ctrl+Z brings back what was there.`);
  } catch {
    say(target.dataset.noText);
  }
  target.value = "";
});
$("#lab").addEventListener("change", () => preview.ask());
