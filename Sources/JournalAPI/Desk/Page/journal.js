// The journal as a page: what the trades come to, and the trades.

import { CallError, call } from "./api.js";
import { drawCurve } from "./curve.js";
import { shownAmount, shownMoney, shownPercent, shownR, shownRatio, sign } from "./figures.js";
import { monthView } from "./month.js";
import { figure, tradeView } from "./trade.js";
import { element, exact, fromTemplate, say, sayProblem } from "./view.js";

const pageSize = 20;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const state = { page: 1, quote: null };

async function run(button, work) {
  if (button) button.disabled = true;
  sayProblem(null);
  say(null);
  try {
    await work();
  } catch (error) {
    explain(error);
  } finally {
    if (button) button.disabled = false;
  }
}

function explain(error) {
  if (error instanceof CallError && error.isSignedOut) {
    element("loading").hidden = true;
    element("journal").hidden = true;
    element("signed-out").hidden = false;
    return;
  }
  sayProblem(error.message);
  if (!(error instanceof CallError)) console.info(error);
}

/** What is asked of every view. */
function query() {
  const asked = new URLSearchParams({ zone });
  if (state.quote) asked.set("quote", state.quote);
  const first = firstDay(element("period").value);
  if (first) asked.set("date_from", first);
  return asked;
}

function firstDay(period) {
  const now = new Date();
  const written = (date) => [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((number) => String(number).padStart(2, "0")).join("-");
  if (period === "month") return written(new Date(now.getFullYear(), now.getMonth(), 1));
  if (period === "quarter") return written(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 89));
  if (period === "year") return written(new Date(now.getFullYear(), 0, 1));
  return null;
}

const month = monthView({ run, query });
const trade = tradeView({ changed: showTrades });

async function showAll() {
  await showFigures();
  // What is not shown has no width, which the curve asks for.
  element("loading").hidden = true;
  element("journal").hidden = false;
  await Promise.all([showCurve(), month.show(), showTrades()]);
}

async function showFigures() {
  const overview = await call("GET", `/journal/analytics/overview?${query()}`);
  const { account, performance, risk, quote, quotes } = overview;
  state.quote = quote;
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
}

function showQuotes(quotes, chosen) {
  element("quote-choice").hidden = quotes.length < 2;
  element("quote").replaceChildren(...quotes.map(({ quote, trade_count: count }) => {
    const option = new Option(`${quote} (${count})`, quote);
    option.selected = quote === chosen;
    return option;
  }));
}

async function showCurve() {
  const { data, quote } = await call("GET", `/journal/analytics/equity-curve?${query()}`);
  element("curve").hidden = data.length === 0;
  element("curve-none").hidden = data.length > 0;
  if (data.length) drawCurve(element("curve"), data, quote);
}

async function showTrades() {
  const [sort, order] = element("sort").value.split(" ");
  const asked = new URLSearchParams({ page: state.page, limit: pageSize, sort, order });
  const first = firstDay(element("period").value);
  if (first) {
    asked.set("zone", zone);
    asked.set("date_from", first);
  }
  const { trades, total, page } = await call("GET", `/journal/trades?${asked}`);
  const last = Math.max(1, Math.ceil(total / pageSize));
  element("trades").replaceChildren(...trades.map(tradeRow));
  element("trades-none").hidden = total > 0;
  element("page-before").disabled = page <= 1;
  element("page-after").disabled = page >= last;
  element("page-place").textContent = `Page ${page} of ${last}, ${total} trades`;
}

function tradeRow(found) {
  const row = fromTemplate("trade-row");
  row.querySelector(".symbol").textContent = found.symbol;
  row.querySelector(".side").textContent = found.side.toLowerCase();
  const notes = found.has_notes ? ", with notes" : "";
  row.querySelector(".when").textContent = (found.closed_at ? exact(found.closed_at) : "open") + notes;
  const net = row.querySelector(".net");
  net.textContent = shownMoney(found.net_pnl);
  net.classList.add(sign(found.net_pnl ?? 0));
  row.querySelector(".r").textContent = shownR(found.r_multiple);
  const button = row.querySelector("button");
  button.addEventListener("click", () => run(button, () => trade.open(found.id)));
  return row;
}

function turn(step) {
  return ({ currentTarget }) => run(currentTarget, async () => {
    state.page += step;
    await showTrades();
    element("trades-title").focus();
  });
}

element("period").addEventListener("change", () => run(null, () => {
  state.page = 1;
  return showAll();
}));
element("quote").addEventListener("change", () => run(null, () => {
  state.quote = element("quote").value;
  return showAll();
}));
element("sort").addEventListener("change", () => run(null, () => {
  state.page = 1;
  return showTrades();
}));
element("page-before").addEventListener("click", turn(-1));
element("page-after").addEventListener("click", turn(1));
new BroadcastChannel("daybook").addEventListener("message", ({ data }) => {
  if (data === "went") location.assign("/");
});
run(null, showAll);
