// Elements, made in one line and never from text that is HTML.

export function el(tag, { className, text, ...rest } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const clock = new Intl.DateTimeFormat("ru-KZ", {
  hour: "2-digit", minute: "2-digit", timeZone: "Asia/Almaty",
});
const day = new Intl.DateTimeFormat("ru-KZ", {
  day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Almaty",
});

export function timeOf(seconds) {
  return clock.format(new Date(seconds * 1000));
}

export function dayOf(seconds) {
  return day.format(new Date(seconds * 1000));
}

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
