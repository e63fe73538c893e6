// The page: who is shown, one stream of events for all of them, and the dialogs.

import { chooseBot, chosenBot, get, post, Refused } from "./api.js";
import { Column, moveAmong } from "./column.js";
import { el } from "./dom.js";

const SHOWN_KEY = "sandbox.shown";
const LANGUAGES = ["ru", "kk", "en"];
const narrow = matchMedia("(max-width: 719px)");

const people = new Map();
const news = new Set();
const columns = new Map();
const board = document.getElementById("board");
const strip = document.getElementById("people");
const newPerson = document.getElementById("new-person");

function nameOf(person) {
  return person.title ?? [person.first_name, person.last_name].filter(Boolean).join(" ");
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(SHOWN_KEY)) ?? [];
  } catch {
    return [];
  }
}

function remember() {
  localStorage.setItem(SHOWN_KEY, JSON.stringify([...columns.keys()]));
}

// who is shown

async function open(id) {
  if (columns.has(id)) return;
  const column = new Column({ ...people.get(id) }, showAlert);
  columns.set(id, column);
  news.delete(id);
  const order = [...people.keys()];
  const after = [...columns.keys()].filter((one) => order.indexOf(one) > order.indexOf(id))
    .sort((one, other) => order.indexOf(one) - order.indexOf(other))[0];
  board.insertBefore(column.node, after === undefined ? null : columns.get(after).node);
  await column.start();
}

function shut(id) {
  columns.get(id)?.stop();
  columns.delete(id);
}

async function choose(id) {
  if (narrow.matches) {
    for (const one of [...columns.keys()]) if (one !== id) shut(one);
    await open(id);
  } else if (columns.has(id)) {
    if (columns.size > 1) shut(id);
  } else {
    await open(id);
    columns.get(id).node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  remember();
  drawStrip();
}

function drawStrip() {
  const focused = document.activeElement?.dataset?.person;
  const tabs = [...people.values()].map((person) => el("button", {
    type: "button", className: news.has(person.id) ? "chip news" : "chip", "data-person": person.id,
    "aria-pressed": String(columns.has(person.id)), onclick: () => choose(person.id),
  }, nameOf(person), person.role ? el("span", { className: "role", text: ` ${person.role}` }) : null, news.has(person.id) ? el("span", { className: "hidden", text: "new message" }) : null));
  strip.replaceChildren(...tabs);
  strip.onkeydown = (event) => {
    if (narrow.matches) moveAmong(event, [...strip.children]);
  };
  if (focused) strip.querySelector(`[data-person="${focused}"]`)?.focus();
}

async function showSome() {
  const room = narrow.matches ? 1 : Math.max(1, Math.min(3, Math.floor(innerWidth / 340)));
  const known = remembered().filter((id) => people.has(id));
  const wanted = known.length ? known : [...people.keys()].slice(0, room);
  for (const id of narrow.matches ? wanted.slice(0, 1) : wanted) await open(id);
  drawStrip();
}

// dialogs

const alerts = [];

function showAlert(who, text) {
  alerts.push({ who, text });
  if (alerts.length === 1) nextAlert();
}

function nextAlert() {
  const dialog = document.getElementById("alert");
  const [first] = alerts;
  if (!first) return;
  dialog.querySelector("h2").textContent = first.who;
  dialog.querySelector("p").textContent = first.text;
  dialog.showModal();
}

document.getElementById("alert").addEventListener("close", () => {
  alerts.shift();
  nextAlert();
});

// Two presses to the field with the keyboard alone: the first thing on the page leads to it.
document.getElementById("to-field").addEventListener("click", (event) => {
  event.preventDefault();
  const [first] = [...columns.values()].sort((one, other) =>
    one.node.compareDocumentPosition(other.node) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
  first?.toEntry();
});

document.getElementById("add").addEventListener("click", () => newPerson.showModal());
newPerson.querySelector("[value=cancel]").addEventListener("click", () => newPerson.close());
newPerson.querySelector("form").addEventListener("submit", async (event) => {
  const form = event.currentTarget;
  const body = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
  if (body.phone_number) body.phone_number = body.phone_number.replace(/\D/g, "");
  const person = await post("/sandbox/users", body);
  people.set(person.id, person);
  form.reset();
  await choose(person.id);
});

// bots

async function lookAtBots() {
  const bots = await get("/sandbox/telegram/bots");
  const place = document.getElementById("bot");
  const field = document.getElementById("bots-field");
  const select = document.getElementById("bots");
  const current = bots.find((bot) => String(bot.id) === chosenBot())
    ?? bots.find((bot) => bot.default) ?? bots[0];
  place.textContent = current ? `${current.first_name} · @${current.username}` : "Waiting for a bot…";
  place.classList.toggle("live", Boolean(current));
  field.hidden = bots.length < 2;
  select.replaceChildren(...bots.map((bot) => el("option", {
    value: bot.id, text: `${bot.first_name} (${bot.id})`, selected: bot === current,
  })));
  return current;
}

document.getElementById("bots").addEventListener("change", async (event) => {
  chooseBot(event.target.value);
  current = await lookAtBots();
  for (const column of columns.values()) column.reload();
});

// what happens

let current = null;

const HAPPENINGS = [
  "message", "edited", "deleted", "answer", "keyboard", "action", "blocked", "pinned", "reaction",
];

function onPerson(person) {
  people.set(person.id, person);
  columns.get(person.id)?.describe(person);
  drawStrip();
}

async function onBot() {
  const before = current?.id;
  current = await lookAtBots();
  if (current?.id !== before || columns.size) {
    for (const column of columns.values()) column.reload();
  }
}

function listen() {
  const events = new EventSource("/sandbox/events");
  let wasOpen = false;
  events.addEventListener("hello", () => {
    document.body.classList.remove("offline");
    if (wasOpen) onBot();
    wasOpen = true;
  });
  events.onerror = () => {
    document.body.classList.add("offline");
    document.getElementById("bot").textContent = "The sandbox does not answer. Trying again…";
  };
  events.addEventListener("person", (event) => onPerson(JSON.parse(event.data).person));
  events.addEventListener("bot", onBot);
  events.addEventListener("settings", async () => {
    await lookAtBots();
    for (const column of columns.values()) column.lookAtCommands();
  });
  for (const kind of HAPPENINGS) {
    events.addEventListener(kind, (event) => {
      const happened = JSON.parse(event.data);
      if (happened.bot !== current?.id) return;
      const column = columns.get(happened.chat);
      if (column) column.on(happened);
      else if (kind === "message" && people.has(happened.chat) && !news.has(happened.chat)) {
        news.add(happened.chat);
        drawStrip();
      }
    });
  }
}

async function begin() {
  current = await lookAtBots();
  const spoken = navigator.languages?.map((one) => one.slice(0, 2)).find((one) => LANGUAGES.includes(one));
  for (const person of await get("/sandbox/users")) {
    // The people who were there before the page speak the language of who opens it first.
    const unasked = person.role && !person.language_code;
    people.set(person.id, unasked
      ? await post("/sandbox/users", { id: person.id, language_code: spoken ?? "ru" }) : person);
  }
  listen();
  await showSome();
}

narrow.addEventListener("change", () => {
  if (!narrow.matches) {
    showSome();
    return;
  }
  for (const id of [...columns.keys()].slice(1)) shut(id);
  drawStrip();
});

begin().catch((error) => {
  document.getElementById("bot").textContent = error instanceof Refused
    ? error.message : "The sandbox does not answer.";
  if (!(error instanceof Refused)) throw error;
});
