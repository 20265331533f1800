// The lab page: hands what the socket brings to those who show it, and what is typed to the socket.
import { CommandBox } from "./command-box.js";
import { openDrawer } from "./drawers.js";
import { explain } from "./explanation.js";
import { LabSocket } from "./lab-socket.js";
import { LabStatus } from "./lab-status.js";
import { Mailboxes } from "./mailboxes.js";
import { Outbox } from "./outbox.js";
import { drawPending } from "./pending-lines.js";
import { Sessions } from "./sessions.js";
import { StateView } from "./state-view.js";
import { Suggestions } from "./suggestions.js";
import "./tabs.js";
import { Transcript } from "./transcript.js";

const $ = (id) => document.getElementById(id);
const page = $("main");
const lesson = JSON.parse($("lesson").textContent);
const mayType = "mayType" in page.dataset;
const connects = [...document.querySelectorAll("[data-connect]")];
const nothingChosen = [...$("explained").childNodes];

const sessions = new Sessions(lesson.initial);
const status = new LabStatus($("lab-status"), Number(page.dataset.now));
const states = new StateView(lesson, $("where"), $("panel-state"));
const mailboxes = new Mailboxes($("mailboxes"), $("mailboxes-news"));
const transcript = new Transcript($("transcript"), $("news"), choose);
const pendingList = document.querySelector(".pending");

let connected = true;
let complete = false; // the page has had the whole log once: what comes now happens now

const socket = new LabSocket(page.dataset.lab, {
  events: take,
  refused: refuse,
  lost: (isForGood) => {
    connected = false;
    status.show(sessions.lab, connected);
    if (isForGood) complain("You cannot see this lab any more. If you should, sign in again and reload the page.");
  },
});
const outbox = new Outbox(socket, (items) => drawPending(pendingList, items));
const box = mayType && new CommandBox($("command"), page.dataset.lab, send, complain);
const suggestions = mayType && new Suggestions($("suggestions"), (text) => box.fill(text));

function take(descriptions, whole) {
  for (const description of descriptions) {
    sessions.apply(description);
    outbox.settle(description);
  }
  transcript.add(descriptions, complete);
  drawPending(pendingList, outbox.items);
  refreshMailboxes(descriptions, whole);
  if (whole && !connected) outbox.again();
  if (whole) complete = connected = true;
  show();
}

function show() {
  const session = sessions.present;
  status.show(sessions.lab, connected);
  states.show(sessions.state);
  if (!mayType) return;
  $("end-lab").hidden = $("command").hidden = !sessions.running;
  $("ended").hidden = !sessions.ended;
  if (sessions.ended) $("ended").querySelector("[data-why]").textContent = sessions.lab.note ?? "This lab has ended.";
  $("prompt").textContent = `${session?.peer ?? page.dataset.student} ›`;
  $("hang-up").hidden = !session;
  for (const button of connects) button.disabled = !sessions.running || Boolean(session);
  suggestions.show(sayable(session));
}

function sayable(session) {
  if (session) return lesson.states.find(({ name }) => name === session.state)?.says ?? [];
  const hosts = connects.map(({ dataset }) => ({ text: dataset.connect, fill: dataset.connect }));
  return [...hosts, ...lesson.console.filter(({ text, fill }) => text === fill)]; // the hosts instead of a pattern
}

// A click on a row explains it, and opens the drawer where the explanation is one.
function choose(entry, open) {
  if (!entry) return $("explained").replaceChildren(...nothingChosen);
  explain($("explained"), entry);
  if (open) openDrawer($("explanation"));
}

// Sends a line; returns the sentence that says why it cannot be sent, or null.
function send(text) {
  if (!sessions.running) return "The lab is not running yet. Wait until it is, then send the line.";
  if (!text.trim() && !sessions.present) return "Nothing is connected. Connect to a host first.";
  const trouble = outbox.add(text);
  if (!trouble) transcript.showEnd();
  return trouble;
}

function refuse(sentence, clientId) {
  const item = outbox.refuse(clientId);
  complain(item ? `${sentence} “${item.text}” was not sent.` : sentence);
  if (item) box.giveBack(item.text);
  drawPending(pendingList, outbox.items);
}

function complain(sentence) {
  $("trouble").textContent = sentence;
}

function refreshMailboxes(descriptions, whole) {
  const delivered = descriptions.filter(({ kind }) => kind === "delivered");
  if (complete && delivered.length) mailboxes.refresh(delivered.at(-1).facts?.mailbox ?? null);
  else if (whole && !connected) mailboxes.refresh(null);
}

for (const button of connects) {
  button.addEventListener("click", () => {
    complain(send(button.dataset.connect) ?? "");
    $("command-text").focus();
  });
}

if (mayType) {
  $("hang-up").addEventListener("click", () => {
    socket.send({ type: "hang-up", client_id: crypto.randomUUID(), console: 1 });
    $("command-text").focus();
  });
}

show();
socket.open();
