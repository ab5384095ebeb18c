// The server's routes, as this page calls them. Cookies carry the session: no script ever sees a token.

const base = "/api/v1";
/** Who has not answered by then is as good as gone. A picture takes longer. */
const answerSeconds = 30;
const uploadSeconds = 300;
const refreshLock = "daybook.refresh";
const refreshedKey = "daybook.refreshed";

/** What the server refused, or that it was not reached (status 0). */
export class CallError extends Error {
  constructor(status, code, message, retryAfter, details) {
    super(message);
    this.details = details;
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** The session is over, or there never was one. */
  get isSignedOut() {
    return this.status === 401;
  }
}

async function send(method, path, body, headers) {
  const options = { method, cache: "no-store", credentials: "same-origin" };
  options.headers = { Accept: "application/json", ...headers };
  if (body instanceof FormData) {
    options.body = body;
  } else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const patience = new AbortController();
  options.signal = patience.signal;
  const seconds = body instanceof FormData ? uploadSeconds : answerSeconds;
  const timer = setTimeout(() => patience.abort(), seconds * 1000);
  let response;
  let answer = null;
  try {
    response = await fetch(base + path, options);
    if (response.status !== 204) answer = await response.json();
  } catch {
    // A refusal counts without its words; anything else that breaks off is no answer.
    if (!response || response.ok) {
      throw new CallError(0, "network", "The server cannot be reached. Check the connection, then try again.");
    }
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return { answer, date: response.headers.get("Date"), tag: response.headers.get("ETag") };
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  const message = answer?.message ?? `The server answered with ${response.status}, and did not say why.`;
  throw new CallError(response.status, answer?.error ?? "unknown", message, retryAfter, answer?.details);
}

/** A call that needs no session. Also tells the server's clock, where it shows it. */
export async function ask(method, path, body) {
  const { answer, date } = await send(method, path, body);
  const time = date === null ? Number.NaN : Date.parse(date);
  return { answer, now: Number.isNaN(time) ? Date.now() : time };
}

/** A call of the session. An access token that has run out is renewed once, and the call made again. */
export async function call(method, path, body) {
  return (await callTagged(method, path, body)).answer;
}

/** The same, with the tag of what is answered; `tag` says which version a change is meant for. */
export async function callTagged(method, path, body, tag) {
  const headers = tag ? { "If-Match": tag } : {};
  const asked = Date.now();
  try {
    return await send(method, path, body, headers);
  } catch (error) {
    if (!(error instanceof CallError) || !error.isSignedOut) throw error;
  }
  await oneAtATime(() => refresh(asked));
  return send(method, path, body, headers);
}

/** Two refreshes at once would look to the server like a stolen token, so all tabs of a browser wait for one. */
async function oneAtATime(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(refreshLock, work);
}

async function refresh(asked) {
  // Another tab did it after this one had asked. A time to come was written before the clock was set back.
  const refreshed = Number(stored(refreshedKey));
  if (refreshed > asked && refreshed <= Date.now()) return;
  await send("POST", "/auth/refresh");
  store(refreshedKey, String(Date.now()));
}

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing only makes the other tabs refresh once more.
  }
}
