// The days of the journal: in whose zone they are, and when they start. They are those of `daybook` and of REST, not
// the browser's.

import { call } from "./api.js";

const minute = 60_000;
const dayLength = 86_400_000;
const civil = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/** As the settings say now. Where they name no zone it is this machine's, as for `daybook`. */
export async function journalDays() {
  const { zone, start_of_day_minutes: start } = await call("GET", "/journal/settings");
  return daysIn(zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, start);
}

function daysIn(zone, start) {
  const timeZone = known(zone);
  // A browser that does not know the zone shows Greenwich's times, and says so.
  const elsewhere = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  const style = timeZone
    ? { dateStyle: "medium", timeStyle: "short", timeZone }
    : { ...elsewhere, timeZone: "UTC", timeZoneName: "short" };
  const time = new Intl.DateTimeFormat(undefined, style);
  const wall = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23",
    timeZone: timeZone ?? "UTC",
  });

  /** Of the day that it is now, the milliseconds since 1970 in Greenwich. */
  function today() {
    const now = Object.fromEntries(wall.formatToParts(Date.now()).map(({ type, value }) => [type, Number(value)]));
    const shifted = Date.UTC(now.year, now.month - 1, now.day, now.hour, now.minute) - start * minute;
    return Math.floor(shifted / dayLength) * dayLength;
  }

  return {
    zone,
    start,
    /** A moment, as the clock on that wall shows it. */
    exact: (text) => time.format(new Date(text)),
    /** The month that it is now, as 2026-03. */
    month: () => written(today()).slice(0, 7),
    /** The first day of a period that ends today; null for all there is. */
    first(period) {
      const now = new Date(today());
      if (period === "month") return written(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
      if (period === "quarter") return written(now.getTime() - 89 * dayLength);
      if (period === "year") return written(Date.UTC(now.getUTCFullYear(), 0, 1));
      return null;
    },
    /** For people. */
    get words() {
      const clock = [Math.floor(Math.abs(start) / 60), Math.abs(start) % 60].map((part) => String(part).padStart(2, "0"));
      const side = start > 0 ? "after" : "before";
      return `Days and times of ${zone}` + (start ? `; a day starts ${clock.join(":")} h ${side} midnight.` : ".");
    },
  };
}

/** The zone as this browser calls it; null when it does not know it. */
function known(zone) {
  const [, sign, hours, minutes] = /^GMT([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  for (const name of [zone, sign && `${sign}${hours}:${minutes}`]) {
    try {
      if (name) return new Intl.DateTimeFormat(undefined, { timeZone: name }).resolvedOptions().timeZone;
    } catch {
      // The next name, or none.
    }
  }
  return null;
}

function written(time) {
  return new Date(time).toISOString().slice(0, 10);
}

/** A day of the calendar, as 2026-03-01, which is the same wherever the browser stands. */
export function shownDay(text) {
  return civil.format(Date.parse(text));
}
