// One person: the chat with the bot, the telephone's SMS, the mail box.

import { get, post, Refused } from "./api.js";
import { dayOf, el } from "./dom.js";
import { bubble, summary } from "./message.js";
import { Post } from "./post.js";

const ACTIONS = {
  typing: "typing", upload_document: "sending a document", upload_photo: "sending a photo",
};
const ACTION_SHOWN = 5500;
const TAP_WAIT = 15500;
const TOAST_SHOWN = 4000;
const SHOWN_MESSAGES = 200;

export class Column {
  constructor(person, showAlert) {
    this.person = person;
    this.showAlert = showAlert;
    this.waiting = new Map();
    const template = document.getElementById("column");
    this.node = template.content.firstElementChild.cloneNode(true);
    this.node.id = `person-${person.id}`;
    this.find = (selector) => this.node.querySelector(selector);
    this.log = this.find(".log");
    this.entry = this.find("textarea");
    this.acts = {
      tap: (message, button, node) => this.tap(message, button, node),
      say: (text) => this.say({ text }),
      copy: (text) => this.copy(text),
      idOf: (messageId) => `m-${person.id}-${messageId}`,
    };
    this.atEnd = true;
    // Pictures and late fonts make bubbles grow after they were put in.
    this.growth = new ResizeObserver(() => { if (this.atEnd) this.toEnd(); });
    this.growth.observe(this.log);
    this.log.addEventListener("scroll", () => { this.atEnd = this.nearEnd(); });
    this.describe(person);
    this.makeViews();
    this.listen();
    this.post = new Post(this.node, person);
  }

  describe(person) {
    Object.assign(this.person, person);
    const name = person.title ?? [person.first_name, person.last_name].filter(Boolean).join(" ");
    this.name = name;
    this.node.setAttribute("aria-label", name);
    this.find("h2").textContent = name;
    this.find(".phone").textContent = person.phone_number ? `+${person.phone_number.replace(/^\+/, "")}`
      : person.members ? `${person.members.length} members` : "no phone number";
    this.find(".job").textContent = person.role ?? "";
    this.find(".avatar").textContent = name.trim()[0]?.toUpperCase() ?? "?";
    this.find(".avatar").dataset.tint = String(Math.abs(person.id) % 6);
    this.find(".language").value = person.language_code ?? "en";
    this.find(".facts").textContent = `id ${person.id}${person.email ? ` · ${person.email}` : ""}`;
    this.log.setAttribute("aria-label", `Chat of ${name}`);
  }

  toEntry() {
    this.open("chat");
    this.entry.focus();
  }

  makeViews() {
    const titles = { chat: "Chat", sms: "SMS", mail: "Mail" };
    const tabs = Object.entries(titles).map(([kind, title]) => el("button", {
      type: "button", role: "tab", id: `${this.node.id}-${kind}-tab`, "data-view": kind,
      "aria-controls": `${this.node.id}-${kind}`, onclick: () => this.open(kind),
    }, title, el("span", { className: "badge", hidden: true })));
    this.find(".views").append(...tabs);
    this.find(".views").addEventListener("keydown", (event) => moveAmong(event, tabs));
    for (const kind of Object.keys(titles)) {
      const view = this.find(`.view.${kind}`);
      view.id = `${this.node.id}-${kind}`;
      view.setAttribute("aria-labelledby", `${this.node.id}-${kind}-tab`);
    }
    this.open("chat");
  }

  open(kind) {
    for (const tab of this.node.querySelectorAll("[role=tab]")) {
      const chosen = tab.dataset.view === kind;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      this.find(`.view.${tab.dataset.view}`).hidden = !chosen;
      if (chosen) this.count(kind, 0);
    }
    if (kind === "chat") this.toEnd();
  }

  count(kind, number) {
    const badge = this.find(`[data-view=${kind}] .badge`);
    badge.textContent = number ? String(number) : "";
    badge.hidden = !number;
  }

  listen() {
    this.find(".composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.sendEntry();
    });
    this.entry.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.sendEntry();
      }
    });
    this.entry.addEventListener("input", () => this.fitEntry());
    this.find("input[type=file]").addEventListener("change", (event) => this.sendFile(event.target));
    this.find(".commands-toggle").addEventListener("click", () => this.toggleCommands());
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.toggleCommands(false);
        this.find(".more").open = false;
      }
    });
    this.find(".language").addEventListener("change", (event) =>
      this.attempt(() => post("/sandbox/users", { id: this.person.id, language_code: event.target.value })));
    this.find(".block").addEventListener("click", () =>
      this.attempt(() => post(`${this.base()}/block`, { blocked: !this.blocked })));
    this.node.addEventListener("click", (event) => {
      if (!this.find(".more").contains(event.target)) this.find(".more").open = false;
    });
    this.node.addEventListener("arrived", (event) => this.arrived(event.detail));
  }

  base() {
    return `/sandbox/users/${this.person.id}`;
  }

  async start() {
    await this.reload();
    this.post.start();
  }

  stop() {
    this.post.stop();
    this.growth.disconnect();
    this.node.remove();
  }

  async reload() {
    // What happens while the chat is fetched is applied to what was fetched.
    const meanwhile = [];
    this.meanwhile = meanwhile;
    const chat = await get(`${this.base()}/chat?last=${SHOWN_MESSAGES}`);
    if (this.meanwhile !== meanwhile) return;
    this.meanwhile = null;
    this.draw(chat);
    for (const event of meanwhile) this.on(event);
  }

  async lookAtCommands() {
    const chat = await get(`${this.base()}/chat?last=1`);
    this.showCommands(chat.commands ?? []);
  }

  draw(chat) {
    this.log.replaceChildren();
    this.lastDay = "";
    for (const message of chat.messages) this.put(message);
    if (!chat.messages.length) this.offerStart(chat.bot);
    this.showKeyboard(chat.reply_keyboard);
    this.showBlocked(chat.blocked);
    this.showCommands(chat.commands ?? []);
    this.showPinned(chat.messages.find((one) => one.message_id === chat.pinned?.at(-1)));
    this.toEnd();
  }

  offerStart(bot) {
    this.log.append(el("li", { className: "start" },
      el("p", { text: bot ? "No messages here yet." : "No bot has called yet. Start one and it appears here." }),
      bot ? el("button", { type: "button", className: "send-start", text: "Start",
        onclick: () => this.say({ text: "/start" }) }) : null));
  }

  // messages

  put(message) {
    this.log.querySelector(".start")?.remove();
    const date = dayOf(message.date);
    if (date !== this.lastDay) {
      this.lastDay = date;
      this.log.append(el("li", { className: "day", text: date }));
    }
    const node = bubble(message, this.acts);
    this.log.append(node);
    this.growth.observe(node);
  }

  nodeOf(messageId) {
    return document.getElementById(this.acts.idOf(messageId));
  }

  nearEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
  }

  toEnd() {
    this.atEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  on(event) {
    if (this.meanwhile) {
      this.meanwhile.push(event);
      return;
    }
    const follow = this.atEnd;
    const acts = {
      message: () => this.onMessage(event.message),
      edited: () => this.onEdited(event.message),
      deleted: () => this.nodeOf(event.message_id)?.remove(),
      answer: () => this.onAnswer(event.answer),
      keyboard: () => this.showKeyboard(event.reply_keyboard),
      action: () => this.showAction(event.action),
      blocked: () => this.showBlocked(event.blocked),
      pinned: () => this.reload(),
      reaction: () => this.showReaction(event),
    };
    acts[event.type]?.();
    if (follow) this.toEnd();
  }

  onMessage(message) {
    if (this.nodeOf(message.message_id)) return;
    this.showAction(null);
    this.put(message);
    if (!message.from?.is_bot) this.toEnd();
    else if (this.find(".view.chat").hidden) this.count("chat", 1);
  }

  onEdited(message) {
    const old = this.nodeOf(message.message_id);
    if (!old) return;
    const focused = old.contains(document.activeElement) ? focusPath(old) : -1;
    const fresh = bubble(message, this.acts);
    old.replaceWith(fresh);
    this.growth.unobserve(old);
    this.growth.observe(fresh);
    fresh.classList.add("changed");
    const buttons = fresh.querySelectorAll("button, a");
    if (focused >= 0 && buttons.length) buttons[Math.min(focused, buttons.length - 1)].focus();
  }

  showReaction({ message_id: messageId, reaction }) {
    const meta = this.nodeOf(messageId)?.querySelector(".meta");
    meta?.querySelector(".reaction")?.remove();
    if (reaction.length) meta?.prepend(el("span", { className: "reaction", text: reaction[0].emoji ?? "★" }));
  }

  // what the person does

  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
      this.toast(error instanceof Refused ? error.message : "The sandbox does not answer.");
      return null;
    }
  }

  say(body) {
    return this.attempt(() => post(`${this.base()}/messages`, body));
  }

  async sendEntry() {
    const text = this.entry.value.trim();
    if (!text) return;
    this.entry.value = "";
    this.fitEntry();
    if (await this.say({ text }) === null && !this.entry.value) this.entry.value = text;
    this.entry.focus();
  }

  fitEntry() {
    this.entry.rows = Math.min(6, Math.max(1, this.entry.value.split("\n").length));
  }

  async sendFile(input) {
    const [file] = input.files;
    if (!file) return;
    const form = new FormData();
    if (this.entry.value.trim()) form.append("caption", this.entry.value.trim());
    form.append("document", file, file.name);
    if (await this.say(form)) this.entry.value = "";
    input.value = "";
  }

  async tap(message, button, node) {
    const answer = await this.attempt(() => post(`${this.base()}/taps`, {
      message_id: message.message_id, data: button.callback_data ?? button.text,
    }));
    if (!answer?.callback_query_id) {
      release(node);
      return;
    }
    const timer = setTimeout(() => this.released(answer.callback_query_id), TAP_WAIT);
    this.waiting.set(answer.callback_query_id, { node, timer });
    if (this.early?.has(answer.callback_query_id)) this.released(answer.callback_query_id);
  }

  released(queryId) {
    const tapped = this.waiting.get(queryId);
    if (!tapped) {
      // The answer can overtake the response to the tap itself.
      (this.early ??= new Set()).add(queryId);
      return;
    }
    clearTimeout(tapped.timer);
    release(tapped.node);
    this.waiting.delete(queryId);
  }

  onAnswer(answer) {
    this.released(answer.callback_query_id);
    if (answer.text && answer.show_alert) this.showAlert(this.name, answer.text);
    else if (answer.text) this.toast(answer.text);
    if (answer.url) this.toast(answer.url);
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast("Copied");
    } catch {
      this.toast(text);
    }
  }

  // what stands around the messages

  toast(text) {
    const place = this.find(".answer");
    place.replaceChildren(el("p", { text }));
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => place.replaceChildren(), TOAST_SHOWN);
  }

  arrived({ kind, item }) {
    if (this.find(`.view.${kind}`).hidden) {
      const badge = this.find(`[data-view=${kind}] .badge`);
      this.count(kind, Number(badge.textContent || 0) + 1);
      this.toast(kind === "sms" ? `SMS: ${item.text}` : `Mail: ${item.subject}`);
    }
  }

  showAction(action) {
    const place = this.find(".action");
    clearTimeout(this.actionTimer);
    place.textContent = action ? `${ACTIONS[action] ?? action.replaceAll("_", " ")}…` : "";
    if (action) this.actionTimer = setTimeout(() => this.showAction(null), ACTION_SHOWN);
  }

  showPinned(message) {
    const place = this.find(".pinned");
    place.hidden = !message;
    place.textContent = message ? `📌 ${summary(message)}` : "";
  }

  showBlocked(blocked) {
    this.blocked = blocked;
    this.find(".block").textContent = blocked ? "Unblock the bot" : "Block the bot";
    this.node.classList.toggle("blocked", blocked);
  }

  showCommands(commands) {
    this.find(".commands-toggle").hidden = !commands.length;
    this.find(".commands").replaceChildren(...commands.map(({ command, description }) =>
      el("li", {}, el("button", {
        type: "button", onclick: () => {
          this.toggleCommands(false);
          this.say({ text: `/${command}` });
        },
      }, el("span", { className: "command-name", text: `/${command}` }),
      el("span", { text: description })))));
  }

  toggleCommands(open = this.find(".commands").hidden) {
    const toggle = this.find(".commands-toggle");
    const wasOpen = !this.find(".commands").hidden;
    this.find(".commands").hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open) this.find(".commands button")?.focus();
    else if (wasOpen) this.entry.focus();
  }

  showKeyboard(markup) {
    const place = this.find(".reply-keyboard");
    const rows = markup?.keyboard ?? [];
    place.hidden = !rows.length;
    this.entry.placeholder = markup?.input_field_placeholder ?? "Message";
    place.replaceChildren(...rows.map((row) => el("div", { className: "row" },
      ...row.map((button) => el("button", {
        type: "button", className: `key ${button.style ?? ""}`.trim(),
        text: button.text,
        onclick: () => this.attempt(() => post(`${this.base()}/taps`, { text: button.text })),
      })))));
  }
}

function release(node) {
  node.removeAttribute("aria-disabled");
  node.removeAttribute("aria-busy");
}

function focusPath(node) {
  return [...node.querySelectorAll("button, a")].indexOf(document.activeElement);
}

export function moveAmong(event, nodes) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = nodes[(nodes.indexOf(document.activeElement) + step + nodes.length) % nodes.length];
  next.focus();
  next.click();
}
