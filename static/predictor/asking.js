// Asking the server, and what to tell a person where no answer comes. Both pages ask through here.

const LONGEST_PAUSE_S = 60;

/** No answer; the message is for people. `kind` is "refused", "offline", "throttled" or "expired". */
export class Problem extends Error {
  constructor(message, kind = "refused", pauseS = 0) {
    super(message);
    this.kind = kind;
    this.pauseS = pauseS;
  }
}

/** Put values into a sentence: say("{n} of {all}", { n: 1, all: 2 }). */
export function say(words, values = {}) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** How many seconds to wait before asking again, from the header Retry-After. */
export function pauseOf(header) {
  const seconds = Number.parseInt(header ?? "", 10);
  return Math.min(Math.max(Number.isNaN(seconds) ? 1 : seconds, 1), LONGEST_PAUSE_S);
}

/** What went wrong, by the answer's status (0 is none), its body and the header Retry-After. */
export function problemOf(status, body, retryAfter, words) {
  if (status === 0) return new Problem(words.offline, "offline", 3);
  const pauseS = pauseOf(retryAfter);
  if (status === 429) return new Problem(say(words.throttled, { seconds: pauseS }), "throttled", pauseS);
  if (isExpired(status, body)) return new Problem(words.expired, "expired");
  return new Problem(body?.error?.message || say(words.unusable, { status }));
}

/** Whether the form's security token has expired, as after a long time or a new log-in. */
export function isExpired(status, body) {
  return status === 403 && body?.error?.code === "csrf_failed";
}

/** Send a form's fields; gives the answer's JSON, or throws a Problem, or an AbortError where it was called off. */
export async function ask(address, fields, words, signal) {
  let { response, body } = await send(address, fields, signal);
  if (isExpired(response.status, body) && (await renewToken(fields, signal))) {
    ({ response, body } = await send(address, fields, signal));
  }
  if (response.status === 204) return null;
  if (!response.ok || !body) throw problemOf(response.status, body, response.headers?.get("Retry-After"), words);
  return body;
}

async function send(address, fields, signal) {
  try {
    const response = await fetch(address, { method: "POST", body: fields, headers: { Accept: "application/json" }, signal });
    return { response, body: response.status === 204 ? null : await response.json().catch(() => null) };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return { response: { ok: false, status: 0 }, body: null };
  }
}

/** Take a new security token from the page itself, so that an expired one costs nobody their drawing. */
async function renewToken(fields, signal) {
  const page = await fetch(location.href, { headers: { Accept: "text/html" }, signal }).catch(() => null);
  const markup = page?.ok ? new DOMParser().parseFromString(await page.text(), "text/html") : null;
  const token = markup?.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return false;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  fields.set("csrfmiddlewaretoken", token);
  return true;
}
