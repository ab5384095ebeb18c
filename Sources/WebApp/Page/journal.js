// The journal as a page: what the trades come to, and the trades.

import { CallError, call } from "./api.js";
import { drawCurve } from "./curve.js";
import { journalDays } from "./days.js";
import { draftsOf } from "./drafts.js";
import { ownCurrency, shownAmount, shownMoney, shownPercent, shownR, shownRatio, sign } from "./figures.js";
import { monthView } from "./month.js";
import { figure, tradeView } from "./trade.js";
import { element, fromTemplate, say, sayProblem } from "./view.js";

const pageSize = 20;
/** What is shown. It becomes what was wanted only once all of that has been read: a failure leaves it as it is. */
let shown = { days: null, period: "all", sort: "closed_at desc", page: 1, pages: 1, quote: null, month: null };
let drafts = null;
let trade = null;
/** The last of what is being read: one at a time, so that no late answer goes over a newer one. */
let line = Promise.resolve();

async function run(button, work) {
  if (button) button.disabled = true;
  sayProblem(null);
  say(null);
  try {
    await work();
  } catch (error) {
    explain(error, () => run(button, work));
  } finally {
    if (button) button.disabled = false;
    showChoices();
  }
}

function explain(error, again) {
  element("loading").hidden = true;
  if (error instanceof CallError && error.isSignedOut) {
    element("journal").hidden = true;
    element("signed-out").hidden = false;
    return;
  }
  sayProblem(error.message, again);
  if (!(error instanceof CallError)) console.info(error);
}

// Reading: each reader answers with what draws it, and may put into what is wanted what it found out.

const all = [readFigures, readCurve, readMonth, readTrades];

/** Reads and then draws; `change` tells from what is shown by then what is wanted instead. */
function show(readers, change = () => ({})) {
  const done = line.then(async () => {
    const wanted = { ...shown, ...change() };
    if (readers === all) {
      wanted.days = await journalDays();
      await meet();
    }
    const draws = await Promise.all(readers.map((read) => read(wanted)));
    shown = wanted;
    // What is not shown has no width, which the curve asks for.
    element("loading").hidden = true;
    element("journal").hidden = false;
    for (const draw of draws) draw();
    showDrafts();
  });
  line = done.catch(() => {});
  return done;
}

/** Finds out who is here, whose drafts these are. */
async function meet() {
  if (trade) return;
  const { address } = await call("GET", "/auth/me");
  drafts = draftsOf(address);
  trade = tradeView({
    drafts,
    shownTime: (text) => shown.days.exact(text),
    changed: () => run(null, () => show([readTrades])),
    closed: showDrafts,
  });
}

/** What is asked of every view of the figures. */
function query({ days, period, quote }) {
  const asked = new URLSearchParams({ zone: days.zone });
  // A trade without a currency has the empty one.
  if (quote !== null) asked.set("quote", quote);
  const first = days.first(period);
  if (first) asked.set("date_from", first);
  return asked;
}

async function readFigures(wanted) {
  const { account, performance, risk, quote, quotes } =
    await call("GET", `/journal/analytics/overview?${query(wanted)}`);
  wanted.quote = quotes.length ? quote : null;
  return () => {
    element("days-of").textContent = wanted.days.words;
    showQuotes(quotes, quote);
    element("figures").replaceChildren(
      figure(quote ? `Net, ${quote}` : "Net", shownMoney(account.net_pnl), sign(account.net_pnl)),
      figure("Closed trades", shownRatio(account.total_trades)),
      figure("Won", shownPercent(performance.win_rate)),
      figure("Profit factor", shownRatio(performance.profit_factor)),
      figure("Expected of a trade", shownMoney(performance.expectancy)),
      figure("Average R", shownR(performance.avg_r_multiple) || "–"),
      figure("Deepest drawdown", shownAmount(risk.max_drawdown)),
      figure("Fees", shownAmount(account.total_fees)));
    const left = [
      [account.open_trades, "open"], [account.uncertain_trades, "of unknown result"],
      [account.trades_with_other_fees, "with fees in other coins"],
    ].filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    element("left-out").textContent = left.length ? `Besides, in this currency: ${left.join(", ")}.` : "";
    element("left-out").hidden = left.length === 0;
  };
}

function showQuotes(quotes, chosen) {
  // The settings may name a currency in which there are no trades.
  const isThere = quotes.some(({ quote }) => quote === chosen);
  const choices = isThere ? quotes : [{ quote: chosen, trade_count: 0 }, ...quotes];
  element("quote-choice").hidden = choices.length < 2;
  element("quote").replaceChildren(
    ...choices.map(({ quote, trade_count: count }) => new Option(`${quote || "no currency"} (${count})`, quote)));
}

async function readCurve(wanted) {
  const { data, quote } = await call("GET", `/journal/analytics/equity-curve?${query(wanted)}`);
  return () => {
    element("curve").hidden = data.length === 0;
    element("curve-none").hidden = data.length > 0;
    if (data.length) drawCurve(element("curve"), data, quote);
  };
}

async function readMonth(wanted) {
  const asked = query(wanted);
  // A period of its own would cut the month.
  asked.delete("date_from");
  return month.read(asked, wanted);
}

async function readTrades(wanted) {
  const [sort, order] = wanted.sort.split(" ");
  const asked = new URLSearchParams({ page: wanted.page, limit: pageSize, sort, order });
  const first = wanted.days.first(wanted.period);
  if (first) {
    asked.set("zone", wanted.days.zone);
    asked.set("date_from", first);
  }
  const { trades, total } = await call("GET", `/journal/trades?${asked}`);
  wanted.pages = Math.max(1, Math.ceil(total / pageSize));
  if (wanted.page > wanted.pages) {
    // Trades went meanwhile, and the page with them.
    wanted.page = wanted.pages;
    return readTrades(wanted);
  }
  return () => {
    element("trades").replaceChildren(...trades.map(tradeRow));
    element("trades-none").hidden = total > 0;
    element("page-before").disabled = wanted.page <= 1;
    element("page-after").disabled = wanted.page >= wanted.pages;
    element("page-place").textContent = `Page ${wanted.page} of ${wanted.pages}, ${total} trades`;
  };
}

function tradeRow(found) {
  const row = fromTemplate("trade-row");
  row.querySelector(".symbol").textContent = found.symbol;
  row.querySelector(".side").textContent = found.side.toLowerCase();
  const notes = found.has_notes ? ", with notes" : "";
  row.querySelector(".when").textContent = (found.closed_at ? shown.days.exact(found.closed_at) : "open") + notes;
  const net = row.querySelector(".net");
  net.textContent = `${shownMoney(found.net_pnl)} ${ownCurrency(found)}`.trim();
  net.classList.add(sign(found.net_pnl ?? 0));
  row.querySelector(".r").textContent = shownR(found.r_multiple);
  const button = row.querySelector("button");
  button.addEventListener("click", () => run(button, () => trade.open(found.id)));
  return row;
}

/** The trades whose notes wait to be saved, each with a way back to them. */
function showDrafts() {
  const waiting = drafts.list();
  element("unsaved").hidden = waiting.length === 0;
  element("unsaved-trades").replaceChildren(...waiting.map(({ id, name }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => run(button, () => trade.open(id)));
    return button;
  }));
}

/** What was chosen and could not be read is not what is shown. */
function showChoices() {
  element("period").value = shown.period;
  element("sort").value = shown.sort;
  if (shown.quote !== null) element("quote").value = shown.quote;
}

function turn(step) {
  return () => run(null, async () => {
    await show([readTrades], () => ({ page: Math.min(Math.max(shown.page + step, 1), shown.pages) }));
    element("trades-title").focus();
  });
}

function choose(id, readers, choice) {
  element(id).addEventListener("change", ({ currentTarget: { value } }) =>
    run(null, () => show(readers, () => choice(value))));
}

const month = monthView({
  turned: (next) => run(null, () => show([readMonth], () => ({ month: next(shown.month) }))),
});
choose("period", all, (period) => ({ period, page: 1 }));
choose("quote", all, (quote) => ({ quote }));
choose("sort", [readTrades], (sort) => ({ sort, page: 1 }));
element("page-before").addEventListener("click", turn(-1));
element("page-after").addEventListener("click", turn(1));
new BroadcastChannel("daybook").addEventListener("message", ({ data }) => {
  if (data === "went") location.assign("/");
});
run(null, () => {
  element("loading").hidden = false;
  return show(all);
});
