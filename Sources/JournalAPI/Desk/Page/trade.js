// One trade: what it was, what one thought of it, and pictures of it.

import { CallError, call, callTagged } from "./api.js";
import { shownAmount, shownMoney, shownPercent, shownPrice, shownR, shownSeconds, sign } from "./figures.js";
import { element, exact, fromTemplate, question } from "./view.js";

const imageBytesMax = 5 * 1024 * 1024;

/** A dialog that shows a trade and takes notes and images. */
export function tradeView({ changed }) {
  /** The trade that is shown, its tag, and the notes that were last read. */
  let shown = null;
  const dialog = element("trade");

  function notice(id, text) {
    element(id).textContent = text ?? "";
    element(id).hidden = !text;
  }

  async function work(button, body) {
    button.disabled = true;
    notice("trade-problem", null);
    notice("trade-news", null);
    try {
      await body();
    } catch (error) {
      notice("trade-problem", error.message);
    } finally {
      button.disabled = false;
    }
  }

  async function open(id) {
    take(await callTagged("GET", `/journal/trades/${id}`));
    element("notes").value = shown.trade.notes ?? "";
    notice("trade-problem", null);
    notice("trade-news", null);
    element("take-theirs").hidden = true;
    if (!dialog.open) dialog.showModal();
    element("trade-title").focus();
    await showStorage();
  }

  function take({ answer, tag }) {
    shown = { trade: answer, tag };
    const { trade } = shown;
    element("trade-title").textContent = `${trade.symbol} ${trade.side.toLowerCase()}`;
    const facts = [
      ["Net", shownMoney(trade.net_pnl), sign(trade.net_pnl ?? 0)],
      ["Return", shownPercent(trade.realized_pnl_pct)], ["Multiple of risk", shownR(trade.r_multiple) || "–"],
      ["Quantity", shownPrice(trade.quantity)], ["Entry", shownPrice(trade.entry_price)],
      ["Exit", shownPrice(trade.exit_price)], ["Fees", shownAmount(trade.fees)], ["Stop", shownPrice(trade.stop_price)],
      ["Held", shownSeconds(trade.duration_secs)], ["Opened", exact(trade.opened_at)],
      ["Closed", trade.closed_at ? exact(trade.closed_at) : "still open"], ["Account", trade.account ?? "–"],
    ];
    element("trade-facts").replaceChildren(...facts.map((fact) => figure(...fact)));
    element("trade-tags").replaceChildren(...trade.tags.flatMap(({ name }) => [badge(name), " "]));
    element("images").replaceChildren(...trade.images.map(imageRow));
  }

  function imageRow(image) {
    const row = fromTemplate("image-row");
    row.querySelector("a").href = image.url;
    const picture = row.querySelector("img");
    picture.src = `${image.url}/thumbnail?size=160`;
    picture.alt = image.caption || image.name;
    const remove = row.querySelector(".remove");
    remove.addEventListener("click", () => work(remove, async () => {
      const isMeant = await question(
        `Remove ${image.name}?`, "It leaves the journal on all your devices. `daybook undo` brings it back.", "Remove");
      if (!isMeant) return;
      await call("DELETE", `/journal/images/${image.id}`);
      await again();
      notice("trade-news", "The image is removed.");
    }));
    return row;
  }

  /** Reads it anew after something else of it was written, and leaves the notes as they are being edited. */
  async function again() {
    const before = shown.trade.notes;
    const read = await callTagged("GET", `/journal/trades/${shown.trade.id}`);
    // Notes that someone else wrote meanwhile must not be written over unseen: the old tag stays, and saving finds out.
    const tag = read.answer.notes === before ? read.tag : shown.tag;
    take({ answer: read.answer, tag });
    shown.trade.notes = before;
    await showStorage();
  }

  async function showStorage() {
    const { used_bytes: used, quota_bytes: quota } = await call("GET", "/journal/storage");
    const mega = (bytes) => (bytes / 1024 / 1024).toFixed(1);
    element("storage").textContent = `${mega(used)} of ${mega(quota)} MiB used`;
  }

  async function save() {
    const notes = element("notes").value;
    try {
      take(await callTagged("PATCH", `/journal/trades/${shown.trade.id}/notes`, { notes }, shown.tag));
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 412) throw error;
      element("take-theirs").hidden = false;
      throw new Error("The trade has changed on another device since you opened it. Nothing was saved yet.");
    }
    element("take-theirs").hidden = true;
    notice("trade-news", "Notes saved.");
    await changed();
  }

  async function upload(input) {
    const file = input.files[0];
    input.value = "";
    if (!file) return;
    if (file.size > imageBytesMax) throw new Error("The image has more than 5 MiB. Make it smaller first.");
    const form = new FormData();
    form.append("trade_id", shown.trade.id);
    form.append("file", file);
    await call("POST", "/journal/upload", form);
    await again();
    notice("trade-news", "The image is added. What it said of place, time and camera was taken out.");
  }

  const save_ = element("save-notes");
  save_.addEventListener("click", () => work(save_, save));
  const theirs = element("take-theirs");
  theirs.addEventListener("click", () => work(theirs, () => open(shown.trade.id)));
  const input = element("image");
  input.addEventListener("change", () => work(input, () => upload(input)));
  element("trade-close").addEventListener("click", () => dialog.close());

  return { open };
}

export function figure(name, value, className) {
  const row = fromTemplate("figure-row");
  row.querySelector("dt").textContent = name;
  const shown = row.querySelector("dd");
  shown.textContent = value;
  if (className) shown.classList.add(className);
  return row;
}

function badge(text) {
  const found = document.createElement("span");
  found.className = "badge";
  found.textContent = text;
  return found;
}
