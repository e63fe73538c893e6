// The sandbox's HTTP, as the page needs it.

export class Refused extends Error {}

let bot = "";

export function chooseBot(id) {
  bot = String(id ?? "");
}

export function chosenBot() {
  return bot;
}

function address(path) {
  return bot ? `${path}${path.includes("?") ? "&" : "?"}bot=${encodeURIComponent(bot)}` : path;
}

async function answered(response) {
  const text = await response.text();
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the status says enough.
  }
  if (!response.ok) throw new Refused(body?.error ?? `${response.status} ${response.statusText}`);
  return body;
}

export async function get(path) {
  return answered(await fetch(address(path)));
}

export async function post(path, body) {
  const isForm = body instanceof FormData;
  return answered(await fetch(address(path), {
    method: "POST",
    headers: isForm ? {} : { "Content-Type": "application/json" },
    body: isForm ? body : JSON.stringify(body),
  }));
}

export function fileAddress(fileId) {
  return `/sandbox/files/${encodeURIComponent(fileId)}`;
}
