// How things look: times, addresses, notices, questions.

export function element(id) {
  return document.getElementById(id);
}

export function fromTemplate(id) {
  return element(id).content.firstElementChild.cloneNode(true);
}

/** What went well; null takes it away. */
export function say(text) {
  show("news", text);
}

/** What went wrong; null takes it away. `again` does once more what failed, when the person wants it. */
export function sayProblem(text, again = null) {
  show("problem", text);
  element("again").hidden = !text || !again;
  element("again").onclick = again;
  if (text) show("news", null);
}

function show(id, text) {
  const place = element(id);
  place.textContent = text ?? "";
  place.hidden = !text;
}

/** Whether the person says yes. */
export function question(title, text, yes) {
  const dialog = element("ask");
  element("ask-title").textContent = title;
  element("ask-text").textContent = text;
  element("ask-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** The ends of an address, which is what people compare. */
export function address(text) {
  return `${text.slice(0, 8)}…${text.slice(-6)}`;
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export function exact(text) {
  return time.format(new Date(text));
}

export function day(text) {
  return date.format(new Date(text));
}

export function ago(text) {
  const seconds = (Date.now() - Date.parse(text)) / 1000;
  if (seconds < 90) return "just now";
  const steps = [[60, "minute", 60], [3600, "hour", 24], [86_400, "day", Number.POSITIVE_INFINITY]];
  const [size, unit] = steps.find(([size, , most]) => seconds / size < most);
  return relative.format(-Math.round(seconds / size), unit);
}

/** Minutes and seconds that are left. */
export function countdown(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
