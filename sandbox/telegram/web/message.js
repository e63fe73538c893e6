// One message as a bubble with its buttons.

import { fileAddress } from "./api.js";
import { el, sizeOf, timeOf } from "./dom.js";
import { formatted } from "./entities.js";

const STYLES = new Set(["danger", "success", "primary"]);

function summary(message) {
  return message.text ?? message.caption ?? message.document?.file_name
    ?? (message.photo ? "Photo" : message.contact ? "Contact" : "Message");
}

function documentCard(file) {
  const kind = (file.file_name ?? "").split(".").pop().slice(0, 4).toUpperCase();
  return el("a", {
    className: "document", href: fileAddress(file.file_id), download: file.file_name ?? "",
  },
  el("span", { className: "kind", text: kind || "FILE", "aria-hidden": "true" }),
  el("span", { className: "file" },
    el("span", { className: "file-name", text: file.file_name ?? "file" }),
    el("span", { className: "file-size", text: `${sizeOf(file.file_size ?? 0)} · Download` })));
}

function photo(message) {
  const largest = message.photo.at(-1);
  const name = message.caption?.split("\n")[0] || "Picture";
  return el("a", {
    className: "photo", href: fileAddress(largest.file_id), target: "_blank",
    "aria-label": `Open: ${name}`,
  },
    el("img", {
      src: fileAddress(largest.file_id), alt: name,
      width: largest.width, height: largest.height, loading: "lazy",
    }));
}

function other(message) {
  if (message.sticker) return el("p", { className: "sticker", text: message.sticker.emoji ?? "🙂" });
  if (message.voice) return el("p", { text: `🎤 Voice message, ${message.voice.duration} s` });
  if (message.video ?? message.animation) return el("p", { text: "🎞 Video" });
  if (message.audio) return el("p", { text: `🎵 ${message.audio.file_name ?? "Audio"}` });
  if (message.location) {
    const { latitude, longitude } = message.location;
    return el("p", { text: `📍 ${latitude.toFixed(4)}, ${longitude.toFixed(4)}` });
  }
  if (message.poll) return el("p", { text: `📊 ${message.poll.question}` });
  return null;
}

function contact(card) {
  const name = [card.first_name, card.last_name].filter(Boolean).join(" ");
  return el("p", { className: "contact" },
    el("span", { "aria-hidden": "true", text: "👤" }),
    el("span", {}, el("strong", { text: name }), el("br"), card.phone_number));
}

function inlineButton(message, button, acts) {
  const className = STYLES.has(button.style) ? `key ${button.style}` : "key";
  if (button.url) {
    return el("a", {
      className: `${className} link`, href: button.url, target: "_blank",
      rel: "noopener noreferrer", text: button.text,
    });
  }
  if (button.copy_text) {
    return el("button", {
      type: "button", className: `${className} copy`, text: button.text,
      onclick: () => acts.copy(button.copy_text.text),
    });
  }
  const made = el("button", { type: "button", className, text: button.text });
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-disabled") === "true") return;
    made.setAttribute("aria-disabled", "true");
    made.setAttribute("aria-busy", "true");
    acts.tap(message, button, made);
  });
  return made;
}

function keyboard(message, acts) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return el("div", { className: "keyboard", role: "group", "aria-label": "Buttons" },
    ...rows.map((row) => el("div", { className: "row" },
      ...row.map((button) => inlineButton(message, button, acts)))));
}

function quoted(message) {
  const original = message.reply_to_message;
  if (!original) return null;
  return el("p", { className: "quoted", text: summary(original).slice(0, 80) });
}

export function bubble(message, acts) {
  const byBot = message.from?.is_bot === true;
  const body = el("div", { className: "bubble" });
  if (message.chat.id < 0 && !byBot) {
    body.append(el("p", { className: "sender", text: message.from?.first_name ?? message.chat.title }));
  }
  if (message.forward_origin) {
    body.append(el("p", { className: "forwarded", text: "Forwarded message" }));
  }
  const text = message.text ?? message.caption;
  const parts = [
    quoted(message),
    message.photo ? photo(message) : null,
    message.document ? documentCard(message.document) : null,
    message.contact ? contact(message.contact) : null,
    other(message),
    text === undefined ? null : el("div", { className: "text" }, formatted(
      text, message.entities ?? message.caption_entities, acts.say)),
  ];
  body.append(...parts.filter(Boolean), el("p", { className: "meta" },
    message.has_protected_content ? el("span", { title: "Cannot be forwarded", text: "🔒" }) : null,
    message.edit_date ? el("span", { text: "edited" }) : null,
    el("time", { text: timeOf(message.date) })));
  return el("li", {
    className: byBot ? "from-bot" : "from-person", id: acts.idOf(message.message_id),
    "data-message-id": message.message_id,
  }, body, keyboard(message, acts));
}

export { summary };
