// A month of days, each with what it brought.

import { call } from "./api.js";
import { shownCompact, shownMoney, sign } from "./figures.js";
import { element } from "./view.js";

const title = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short", timeZone: "UTC" });
const dayLength = 86_400_000;

/** A calendar that shows the month it is asked for, or that of the last trade; `turned` is told which one is wanted. */
export function monthView({ turned }) {
  const monday = Date.UTC(2026, 0, 5);
  const row = document.createElement("tr");
  for (let number = 0; number < 7; number += 1) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = weekday.format(monday + number * dayLength);
    row.append(cell);
  }
  element("weekdays").replaceChildren(row);
  for (const [id, step] of [["month-before", -1], ["month-after", 1]]) {
    element(id).addEventListener("click", () => turned((month) => beside(month, step)));
  }

  return {
    /** Reads the month that is wanted, and answers with what draws it. */
    async read(asked, wanted) {
      if (wanted.month) asked.set("month", wanted.month);
      const answer = await call("GET", `/journal/analytics/calendar?${asked}`);
      wanted.month = answer.month ?? wanted.days.month();
      return () => draw(wanted.month, answer);
    },
  };
}

function beside(month, step) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + step, 1)).toISOString().slice(0, 7);
}

function draw(month, { data, total, quote }) {
  const [year, number] = month.split("-").map(Number);
  const first = Date.UTC(year, number - 1, 1);
  element("month-title").textContent = title.format(first);
  const days = new Map(data.map((found) => [found.date, found]));
  const rows = [];
  // Weeks begin on Monday.
  let time = first - ((new Date(first).getUTCDay() + 6) % 7) * dayLength;
  while (time < Date.UTC(year, number, 1)) {
    const row = document.createElement("tr");
    for (let place = 0; place < 7; place += 1, time += dayLength) row.append(cell(time, month, days));
    rows.push(row);
  }
  element("days").replaceChildren(...rows);
  const trades = total.trade_count === 1 ? "1 trade" : `${total.trade_count} trades`;
  element("month-sum").textContent = `${shownMoney(total.pnl)} ${quote ?? ""} in ${trades}`;
}

function cell(time, month, days) {
  const found = document.createElement("td");
  const date = new Date(time).toISOString().slice(0, 10);
  if (!date.startsWith(month)) {
    found.className = "beside";
    return found;
  }
  const number = document.createElement("span");
  number.textContent = String(Number(date.slice(8)));
  found.append(number);
  const day = days.get(date);
  if (day) {
    found.classList.add(sign(day.pnl));
    found.append(shownCompact(day.pnl));
    found.title = `${date}: ${shownMoney(day.pnl)} in ${day.trade_count} trades`;
  }
  return found;
}
