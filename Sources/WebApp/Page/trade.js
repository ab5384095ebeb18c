// One trade: what it was, what one thought of it, and pictures of it.

import { CallError, call, callTagged } from "./api.js";
import { ownCurrency, shownAmount, shownMoney, shownPercent, shownPrice, shownR, shownSeconds, sign } from "./figures.js";
import { element, fromTemplate, question, sayProblem } from "./view.js";

const imageBytesMax = 5 * 1024 * 1024;

/**
 * A dialog that shows a trade and takes notes and images. What is typed is a draft until it is saved, and outlives the
 * dialog. `changed` is told that the journal was written, `closed` that the drafts may be others.
 */
export function tradeView({ drafts, shownTime, changed, closed }) {
  /** The trade that is shown, its tag, and the notes over which is typed. */
  let shown = null;
  let openings = 0;
  const dialog = element("trade");
  const field = element("notes");

  function notice(id, text) {
    element(id).textContent = text ?? "";
    element(id).hidden = !text;
  }

  const isShown = (id) => dialog.open && shown.trade.id === id;
  const name = (trade) => `${trade.symbol} ${trade.side.toLowerCase()}`;

  /** Does what a button is for, to the trade that was shown when it was pressed. */
  async function work(button, body) {
    const { trade } = shown;
    button.disabled = true;
    notice("trade-problem", null);
    notice("trade-news", null);
    try {
      await body(trade.id);
    } catch (error) {
      if (isShown(trade.id)) notice("trade-problem", error.message);
      else sayProblem(`${name(trade)}: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  }

  async function open(id) {
    openings += 1;
    const opening = openings;
    let read;
    try {
      read = await callTagged("GET", `/journal/trades/${id}`);
    } catch (error) {
      if (error.status === 404 && drafts.find(id)) return giveUp(id);
      throw error;
    }
    // Another one was asked for meanwhile.
    if (opening !== openings) return;
    show(read);
    notice("trade-problem", null);
    notice("trade-news", drafts.find(id) ? "You have typed these notes and not saved them yet." : null);
    if (!dialog.open) dialog.showModal();
    element("trade-title").focus();
    await showStorage().catch((error) => notice("trade-problem", error.message));
  }

  function show(read) {
    const { id, notes } = read.answer;
    const draft = drafts.find(id);
    // A draft over notes that have changed since keeps its old tag: saving it finds out.
    if (draft && draft.base !== notes && draft.text !== inField(notes)) take(read, draft.tag, draft.base);
    else take(read, read.tag, notes);
    field.value = draft ? draft.text : inField(shown.base);
    element("show-theirs").hidden = true;
    element("theirs").hidden = true;
    remember();
  }

  /** Keeps what is typed, while it is not what the journal has. */
  function remember() {
    const { trade, tag, base } = shown;
    if (field.value === inField(base)) drafts.drop(trade.id);
    else drafts.keep(trade.id, { text: field.value, base, tag, name: name(trade) });
  }

  async function giveUp(id) {
    const { name: former, text } = drafts.find(id);
    const isMeant = await question(
      `${former} is no longer there`, `You had typed: ${text}`, "Throw these notes away");
    if (isMeant) drafts.drop(id);
    closed();
  }

  function take({ answer: trade }, tag, base) {
    shown = { trade, tag, base };
    element("trade-title").textContent = name(trade);
    const facts = [
      [ownCurrency(trade) ? `Net, ${ownCurrency(trade)}` : "Net", shownMoney(trade.net_pnl), sign(trade.net_pnl ?? 0)],
      ["Return", shownPercent(trade.realized_pnl_pct)], ["Multiple of risk", shownR(trade.r_multiple) || "–"],
      ["Quantity", shownPrice(trade.quantity)], ["Entry", shownPrice(trade.entry_price)],
      ["Exit", shownPrice(trade.exit_price)], ["Fees", shownAmount(trade.fees)], ["Stop", shownPrice(trade.stop_price)],
      ["Held", shownSeconds(trade.duration_secs)], ["Opened", shownTime(trade.opened_at)],
      ["Closed", trade.closed_at ? shownTime(trade.closed_at) : "still open"], ["Account", trade.account ?? "–"],
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
    remove.addEventListener("click", () => work(remove, async (id) => {
      const isMeant = await question(
        `Remove ${image.name}?`, "It leaves the journal on all your devices. `daybook undo` brings it back.", "Remove");
      if (!isMeant) return;
      await call("DELETE", `/journal/images/${image.id}`);
      await again(id, "The image is removed.");
    }));
    return row;
  }

  /** Reads it anew after something else of it was written, and leaves the notes as they are being edited. */
  async function again(id, news) {
    if (isShown(id)) notice("trade-news", news);
    const read = await callTagged("GET", `/journal/trades/${id}`);
    if (!isShown(id)) return;
    // Notes that someone else wrote meanwhile must not be written over unseen: the old tag stays, and saving finds out.
    take(read, read.answer.notes === shown.base ? read.tag : shown.tag, shown.base);
    remember();
    await showStorage();
  }

  async function showStorage() {
    const { used_bytes: used, quota_bytes: quota } = await call("GET", "/journal/storage");
    const mega = (bytes) => (bytes / 1024 / 1024).toFixed(1);
    element("storage").textContent = `${mega(used)} of ${mega(quota)} MiB used`;
  }

  async function save(id) {
    const text = field.value;
    let saved;
    try {
      saved = await callTagged("PATCH", `/journal/trades/${id}/notes`, { notes: text }, shown.tag);
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 412) throw error;
      if (isShown(id)) element("show-theirs").hidden = false;
      throw new Error("The trade has changed on another device since you opened it. Nothing was saved yet.");
    }
    settle(id, text, saved);
    changed();
  }

  /** What was typed since it was sent is a draft over what was saved. */
  function settle(id, text, saved) {
    const { notes } = saved.answer;
    const draft = drafts.find(id);
    if (draft?.text === text) drafts.drop(id);
    else if (draft) drafts.keep(id, { ...draft, base: notes, tag: saved.tag });
    if (isShown(id)) {
      take(saved, saved.tag, notes);
      if (field.value === text) field.value = inField(notes);
      remember();
      element("show-theirs").hidden = true;
      element("theirs").hidden = true;
      notice("trade-news", "Notes saved.");
    }
    closed();
  }

  /** Shows what another device wrote beside what is typed here, which may then go over it: it was seen. */
  async function showTheirs(id) {
    const read = await callTagged("GET", `/journal/trades/${id}`);
    if (!isShown(id)) return;
    take(read, read.tag, read.answer.notes);
    remember();
    element("show-theirs").hidden = true;
    // The answer to an earlier save may have been lost.
    if (field.value === inField(shown.base)) return notice("trade-news", "The other version says the same.");
    element("their-notes").textContent = read.answer.notes || "It has no notes.";
    element("theirs").hidden = false;
    notice("trade-news", "What you typed is still in the field. Saving it puts it in the place of the other version.");
  }

  async function useTheirs(id) {
    if (field.value !== inField(shown.base)) {
      const isMeant = await question("Throw away what you typed?", field.value, "Throw it away");
      if (!isMeant || !isShown(id)) return;
    }
    field.value = inField(shown.base);
    remember();
    element("theirs").hidden = true;
  }

  async function upload(id, input) {
    const file = input.files[0];
    input.value = "";
    if (!file) return;
    if (file.size > imageBytesMax) throw new Error("The image has more than 5 MiB. Make it smaller first.");
    const form = new FormData();
    form.append("trade_id", id);
    form.append("file", file);
    await call("POST", "/journal/upload", form);
    await again(id, "The image is added. What it said of place, time and camera was taken out.");
  }

  const save_ = element("save-notes");
  save_.addEventListener("click", () => work(save_, save));
  const showing = element("show-theirs");
  showing.addEventListener("click", () => work(showing, showTheirs));
  const using = element("use-theirs");
  using.addEventListener("click", () => work(using, useTheirs));
  const input = element("image");
  input.addEventListener("change", () => work(input, (id) => upload(id, input)));
  field.addEventListener("input", remember);
  element("trade-close").addEventListener("click", () => dialog.close());
  // However it was closed.
  dialog.addEventListener("close", closed);

  return { open };
}

/** As a text field shows it. */
function inField(notes) {
  return (notes ?? "").replaceAll(/\r\n?/g, "\n");
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
