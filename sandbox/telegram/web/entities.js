// Telegram's entities become elements. Offsets count UTF-16 units, as JavaScript strings do.

import { el } from "./dom.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

const SAFE_LINK = /^(https?|tg|mailto|tel):/i;

function link(href, outside = true) {
  if (!SAFE_LINK.test(href)) return el("span");
  return el("a", outside ? { href, target: "_blank", rel: "noopener noreferrer" } : { href });
}

function wrapping(entity, inner, say) {
  switch (entity.type) {
    case "pre":
      return el("pre", entity.language ? { title: entity.language } : {});
    case "spoiler":
      return el("button", {
        type: "button", className: "spoiler", "aria-label": "Hidden text, press to show",
        onclick: (event) => {
          event.currentTarget.classList.add("shown");
          event.currentTarget.removeAttribute("aria-label");
        },
      });
    case "text_link":
      return link(entity.url);
    case "url":
      return link(inner.includes("://") ? inner : `http://${inner}`);
    case "email":
      return link(`mailto:${inner}`, false);
    case "phone_number":
      return link(`tel:${inner.replace(/[^+\d]/g, "")}`, false);
    case "bot_command":
      return el("button", { type: "button", className: "command", onclick: () => say(inner) });
    case "mention": case "hashtag": case "cashtag": case "text_mention":
      return el("span", { className: "mention" });
    default:
      return el(TAGS[entity.type] ?? "span");
  }
}

// Nested entities are drawn outside in: the list comes ordered by offset, then by length.
export function formatted(text, entities = [], say = () => {}) {
  const fragment = document.createDocumentFragment();
  fill(fragment, text, 0, text.length, entities, say);
  return fragment;
}

function fill(parent, text, from, to, entities, say) {
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [first, ...others] = rest;
    const start = Math.max(first.offset, at);
    const end = Math.min(first.offset + first.length, to);
    if (end <= start) {
      rest = others;
      continue;
    }
    if (start > at) parent.append(text.slice(at, start));
    const inside = others.filter((entity) => entity.offset < end);
    const node = wrapping(first, text.slice(start, end), say);
    fill(node, text, start, end, inside, say);
    parent.append(node);
    at = end;
    rest = others.filter((entity) => entity.offset + entity.length > end);
  }
  if (at < to) parent.append(text.slice(at, to));
}
