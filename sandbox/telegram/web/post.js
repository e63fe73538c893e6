// The telephone's SMS and the mail box. Both belong to another part of the sandbox; where it is
// absent, the views say so and the chat goes on.

import { get } from "./api.js";
import { el, sizeOf } from "./dom.js";

const EVERY = 3000;

const moment = new Intl.DateTimeFormat("ru-KZ", {
  day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Almaty",
});

function when(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : moment.format(date);
}

function sms(one) {
  return el("article", { className: "letter" },
    el("header", {}, el("strong", { text: one.from || "SMS" }), el("time", { text: when(one.at) })),
    el("p", { className: "letter-text", text: one.text }));
}

function letter(one) {
  return el("article", { className: "letter" },
    el("header", {}, el("strong", { text: one.subject || "(no subject)" }),
      el("time", { text: when(one.at) })),
    el("p", { className: "letter-to", text: `To ${[one.to].flat().join(", ")}` }),
    el("p", { className: "letter-text", text: one.text || "" }),
    ...(one.attachments ?? []).map((file) => el("a", {
      className: "document", href: file.url, download: file.name,
    },
    el("span", { className: "kind", text: file.name.split(".").pop().slice(0, 4).toUpperCase() }),
    el("span", { className: "file" }, el("span", { className: "file-name", text: file.name }),
      el("span", { className: "file-size", text: sizeOf(file.size ?? 0) })))));
}

export class Post {
  constructor(column, person) {
    this.column = column;
    this.person = person;
    this.seen = { sms: null, mail: null };
    this.timer = null;
  }

  start() {
    this.look();
    this.timer = setInterval(() => this.look(), EVERY);
  }

  stop() {
    clearInterval(this.timer);
  }

  look() {
    if (document.hidden) return;
    const { phone_number: phone, email } = this.person;
    const number = (phone ?? "").replace(/\D/g, "");
    this.show("sms", number ? `/sandbox/sms?to=${encodeURIComponent(number)}` : "", sms,
      number ? "No messages yet. Codes sent to this phone appear here." : "This person has no phone number.");
    this.show("mail", `/sandbox/mail?to=${encodeURIComponent(email ?? "")}`, letter,
      email ? `No letters to ${email} yet.` : "No letters yet. This box shows everybody's mail.");
  }

  async show(kind, path, draw, empty) {
    let items = [];
    let said = empty;
    try {
      if (path) items = await get(path);
    } catch {
      said = "The post office of this sandbox is not open.";
    }
    const before = this.seen[kind];
    const mark = JSON.stringify(items.map((one) => one.id)) + said;
    if (mark === before?.mark) return;
    this.seen[kind] = { mark, count: items.length };
    const view = this.column.querySelector(`.view.${kind}`);
    view.replaceChildren(...(items.length
      ? items.toReversed().map(draw) : [el("p", { className: "empty", text: said })]));
    const own = kind === "sms" || this.person.email;
    if (own && before && items.length > before.count) {
      this.column.dispatchEvent(new CustomEvent("arrived", { detail: { kind, item: items.at(-1) } }));
    }
  }
}
