// The lab page: hands what the socket brings to those who show it, and what is typed to the socket. Who adds to the page
// without being known here listens at <main>: to "events" {descriptions, live} and "chosen" (an entry, or null).
import { CommandBox } from "./command-box.js";
import { Controls } from "./controls.js";
import { closeDrawer, openDrawer } from "./drawers.js";
import { explain } from "./explanation.js";
import { Files } from "./files.js";
import { Goals } from "./goals.js";
import { Ladder } from "./ladder.js";
import { LabSocket } from "./lab-socket.js";
import { LabStatus } from "./lab-status.js";
import { Mailboxes } from "./mailboxes.js";
import { newId, Outbox } from "./outbox.js";
import { drawPending } from "./pending-lines.js";
import { hideSecret } from "./secret.js";
import { Sessions } from "./sessions.js";
import { StateView } from "./state-view.js";
import "./tabs.js";
import { Transcript } from "./transcript.js";
import { Trouble } from "./trouble.js";
import { WireView } from "./wire-view.js";

const AWAY = 2000; // ms that a connection may be lost before a sentence says so
const PAUSE_OVER = 4000; // ms without word of a pause after which it is over; it is said again every second
const CHANGES_OF_FILES = new Set(["stored", "tree"]);
const LOST = "The connection to Lentil is lost. The page connects again by itself, and then shows what it missed.";

const $ = (id) => document.getElementById(id);
const page = $("main");
const lessons = JSON.parse($("lessons").textContent);
const nothingChosen = [...$("explained").childNodes];

const sessions = new Sessions(lessons.protocols);
const status = new LabStatus($("lab-status"), Number(page.dataset.now));
const states = new StateView(lessons.protocols, $("where"), $("where-title"), $("panel-state"));
const mailboxes = new Mailboxes($("mailboxes"), $("mailboxes-news"));
const files = $("files") && new Files($("files"), $("files-news"));
const goals = $("goals") && new Goals($("goals"), $("goals-news"), showEvidence);
const transcript = new Transcript($("transcript"), $("news"), choose);
const ladder = new Ladder($("ladder"), $("ladder-news"), page.dataset.student, choose);
const wire = new WireView($("wire-view"), $("wire-news"), choose);
const views = [transcript, ladder, wire];
const socket = new LabSocket(page.dataset.lab, { events: take, refused: refuse, paused: pause, lost: lose });
const trouble = new Trouble($("trouble"));
const outbox = new Outbox(socket, showPending);

// Where this user may type:
let box = null;
let controls = null;
if ("mayType" in page.dataset) {
  box = new CommandBox($("command"), page.dataset.lab, send, complain);
  controls = new Controls(lessons, page.dataset.student, { fill: (text) => box.fill(text), connect, hangUp });
}

let connected = true;
let paused = null; // the timer that ends a pause of the lab
let lines = 0; // what went over the wire is numbered, and called by that number everywhere
let complete = false; // the page has had the whole log once: what comes now happens now

function take(descriptions, whole) {
  if (descriptions.length) endPause();
  const spoken = sessions.protocol; // a lab's end forgets it
  for (const description of descriptions) {
    if (description.parts && description.kind !== "console") description.number = ++lines;
    if (description.facts && "typed" in description.facts) description.program = sessions.program; // that reads it
    sessions.apply(description);
    outbox.settle(description);
  }
  if (descriptions.some(({ kind }) => kind === "lab")) giveBack(outbox.clear(), spoken);
  showPending(outbox.items);
  goals?.take(descriptions, complete);
  for (const view of views) view.add(descriptions, complete);
  refreshMailboxes(descriptions);
  refreshFiles(descriptions);
  tell("events", { descriptions, live: complete });
  if (whole) catchUp();
}

// The page has all of the log.
function catchUp() {
  if (!complete && page.dataset.state === "starting") sessions.awaitStart();
  if (!connected) outbox.again();
  else outbox.send();
  complete = connected = true;
  if (!paused) {
    trouble.pass();
    status.show(sessions.lab);
  }
  states.show(sessions.protocol, sessions.state);
  controls?.show(sessions);
}

// What happens in the lab cannot be shown for the moment.
function pause(sentence) {
  clearTimeout(paused);
  paused = setTimeout(() => {
    endPause();
    if (complete) status.show(sessions.lab);
  }, PAUSE_OVER);
  status.pause();
  trouble.sayPassing(sentence);
}

function endPause() {
  if (!paused) return;
  clearTimeout(paused);
  paused = null;
  trouble.pass();
}

function lose(isForGood) {
  endPause();
  if (connected) trouble.sayPassing(LOST, AWAY);
  connected = false;
  status.reconnect();
  if (!isForGood) return;
  trouble.pass();
  complain("You cannot see this lab any more. If you should, sign in again and reload the page.");
}

// What is chosen in one view is chosen in all, and explained. A click on a row opens the drawer where the explanation is
// one.
function choose(entry, open) {
  for (const view of views) view.mark(entry?.description.seq ?? null);
  tell("chosen", entry);
  if (!entry) return $("explained").replaceChildren(...nothingChosen);
  explain($("explained"), entry);
  if (open) openDrawer($("explanation"));
}

// What shows that a goal is met is chosen where it can be seen: the first of these that a view has.
function showEvidence(seqs) {
  closeDrawer($("task"));
  if (ladder.isShown && seqs.some((seq) => ladder.follow(seq))) return;
  $("tab-transcript").click();
  seqs.some((seq) => transcript.follow(seq));
}

// Sends a line; returns the sentence that says why it cannot be sent, or null.
function send(text) {
  if (!sessions.running) return "The lab is not running yet. Wait until it is, then send the line.";
  if (!text.trim() && !sessions.present && !sessions.program) return emptyLine();
  const refusal = outbox.add(text);
  if (!refusal) for (const view of views) view.showEnd();
  return refusal;
}

function emptyLine() {
  const [first] = lessons.console;
  return `Nothing waits for an empty line. Type a command, such as ${first.text}.`;
}

function connect(text) {
  complain(send(text) ?? "");
}

function hangUp() {
  const isSent = socket.send({ type: "hang-up", client_id: newId(), console: 1 });
  complain(isSent ? "" : "The lab cannot be reached for the moment. Hang up when it is back.");
}

function refuse(sentence, clientId) {
  const item = outbox.refuse(clientId);
  complain(item ? `${sentence} “${hideSecret(item.text, sessions.protocol)}” was not sent.` : sentence);
  if (item) box.giveBack(item.text);
  showPending(outbox.items);
}

function showPending(items) {
  drawPending($("pending"), items, sessions.present?.protocol ?? null);
}

function giveBack(lost, protocol) {
  if (!lost.length) return;
  const text = hideSecret(lost[0].text, protocol);
  complain(`The lab stopped before it got “${text}”. Send it again when the lab runs.`);
  box.giveBack(lost[0].text);
}

function tell(name, detail) {
  page.dispatchEvent(new CustomEvent(name, { detail }));
}

function complain(sentence) {
  trouble.say(sentence);
}

function refreshMailboxes(descriptions) {
  const delivered = descriptions.filter(({ kind }) => kind === "delivered");
  if (complete && delivered.length) mailboxes.refresh(delivered.at(-1).facts?.mailbox ?? null);
}

function refreshFiles(descriptions) {
  const changes = descriptions.filter(({ kind }) => CHANGES_OF_FILES.has(kind));
  if (complete && changes.length) files?.refresh(changes.at(-1).note);
}

states.show(sessions.protocol, null);
socket.open();
