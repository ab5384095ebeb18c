"""What the analytics' contestants share: the conversation with run.py, and a trade as a row of columns.

`run.py` starts every contestant at once, each with the same file of `make_journal.py`, and asks them in turn; only
one of them works at a time. Daybook's (`daybook-bench analytics`) speaks the same, so the options are the same:

    --trades FILE.tsv   to be held in memory, each contestant in the way that suits it
    --count N           only the first N rows of it; run.py adds the later ones one by one
    --zone Z            of local days and hours
    --start-balance B   before the first trade
    --work DIR          an empty directory on a real disk

Every line is a JSON object. First the contestant says that it is ready; then it answers each line of its stdin with
one of its stdout, until stdin ends.

    {"ready": N, "load_s": 1.5, "memory_bytes": 100000000}

    → {"view": "overview", "filter": {"symbols": ["BTC_USDT"], "from": "2023-01-01"}, "add": "a row of the file"}
    ← {"add_s": 0.0005, "wall_s": 0.02, "result": {…}}

- `add`, if it is there, is a trade to add before answering; `add_s` is what that took. Without `view` nothing is asked.
- `wall_s` is from the read request to the results in memory; making JSON and text of them is not counted.
- `filter` may hold `symbols`, `sides`, `tags`, `setups`, `accounts`, each a list; `from` and `to`, local days of the close,
  both included. Kinds combine with *and*, the values of one kind with *or*. "" among the setups are those without one.
- Every request must be answered with what is true now: run.py compares the results of every round, all fields of them.

Money is decimal text, ratios and quantiles are numbers, what is undefined is null, days are `YYYY-MM-DD`; trades are ordered by
`(closed_ms, id)`. By view, `result` is:

    overview             {"trades", "wins", "losses", "breakevens",                 counts
                          "gross", "fees", "net", "gross_profit", "gross_loss",     sums
                          "win_rate", "profit_factor", "expectancy",                ratios, as numbers
                          "r_trades", "average_r",
                          "largest_win", "largest_loss",                            money, null without wins or losses
                          "quantiles": [p5, p25, p50, p75, p95],                    of net, linear, as numbers; null without trades
                          "streaks": [best, worst, current],
                          "drawdown",                                               money; the peak starts at 0
                          "held_mean_ms", "held_median_ms",
                          "best_day": ["2021-01-05", "12.5"], "worst_day": […],     the earliest of equals; null without trades
                          "sharpe"}                                                 zero-filled days, × √365; null when undefined
    equity-curve         {"points": [[closed_ms, sum], …]} for at most 2000 trades, otherwise
                         {"days_per_candle": k, "candles": [[first day, open, high, low, close, trades], …]}
    daily-pnl            {"rows": [[day, trades, wins, losses, net, r_trades, average R], …]}              by day
    symbol-breakdown     {"rows": [[symbol, trades, wins, losses, gross, fees, net, r_trades, average R], …]}
    setup-breakdown      {"rows": [[setup, trades, wins, losses, net, r_trades, average R, expectancy], …]}
                         both by net, highest first, then by name; the setup of those without one is ""
    duration-profit      {"rows": [[minutes at which the bucket starts, trades, wins, losses, net, average R], …]}
    return-distribution  {"buckets": [[⌊10 R⌋ within −100 … 199, trades], …], "unknown": trades without R}
    time-distribution    {"rows": [[weekday of entry, Monday 0, hour, trades, wins, losses, net], …]}
    rolling              {"rows": [[closed_ms of the last of 50 trades, net, wins, profit factor], …]}
                         at most 400, evenly spaced, the last trade always among them

Rows and buckets without trades are left out. Every view is told for a single trade, for none (`"rows": []`) and for a million.
"""

import argparse
import json
import math
import sys
import time
from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from support import emit, memory_bytes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from make_journal import ACCOUNTS, DECIMALS, SETUPS, SYMBOLS, TAGS  # noqa: E402

UNIT = 10**DECIMALS
EPOCH = date(1970, 1, 1)
#: Where the buckets of duration-profit start, in minutes.
DURATIONS = [0, 1, 5, 15, 60, 240, 1440, 4320, 10080, 43200]
POINTS_MAX = 2000
WINDOW, WINDOWS_MAX = 50, 400
QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]
NAMES = {
    "account": [account for account, _ in ACCOUNTS], "symbol": list(SYMBOLS), "side": ["long", "short"],
    "setup": ["", *SETUPS],
}  # fmt: skip


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--trades", type=Path, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--zone", default="America/New_York")
    parser.add_argument("--start-balance", default="250000")
    parser.add_argument("--work", type=Path, help="not needed by those who hold everything in memory")
    return parser.parse_args()


def units(text):
    """Decimal text as whole units of 10^-8."""
    scaled = Decimal(text) * UNIT
    if scaled != int(scaled):
        raise ValueError(f"{text} has more than {DECIMALS} decimals")
    return int(scaled)


def money(value):
    """Whole units of 10^-8, or a decimal, as decimal text."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        text = f"{value:f}"
    else:
        whole, rest = divmod(abs(value), UNIT)
        text = f"{'-' if value < 0 else ''}{whole}.{rest:0{DECIMALS}d}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def day_text(number):
    return str(EPOCH + timedelta(days=int(number)))


def day_number(text):
    return (date.fromisoformat(text) - EPOCH).days


def tag_bits(names):
    return sum(1 << TAGS.index(name) for name in names)


def columns(line, zone):
    """One trade with what a sensible person keeps beside it: money in units, days and hours on the clock on the wall."""
    (
        id, account, _, symbol, side, setup, tags, opened, closed, gross, fees, net, risk, *_,
    ) = line.rstrip("\n").split("\t")  # fmt: skip
    opened, closed = int(opened), int(closed)
    wall = lambda ms: datetime.fromtimestamp(ms / 1000, timezone.utc).astimezone(zone)
    entry = wall(opened)
    net, risk = units(net), units(risk) if risk else None
    return {
        "id": id, "account": account, "symbol": symbol, "side": side, "setup": setup, "tags": tag_bits(tags.split()),
        "closed_ms": closed, "held_ms": closed - opened, "day": (wall(closed).date() - EPOCH).days,
        "slot": entry.weekday() * 24 + entry.hour,
        "duration": DURATIONS[bisect_right(DURATIONS, (closed - opened) / 60_000) - 1],
        "gross": units(gross), "fees": units(fees), "net": net, "r": net / risk if risk else None,
        "r_bucket": min(max(10 * net // risk, -100), 199) if risk else None,
    }  # fmt: skip


class Contestant:
    """Subclasses load the file, add a row, and have a method for each view that returns what is formatted afterwards."""

    name = ""

    def __init__(self, options):
        self.zone = ZoneInfo(options.zone)
        self.start = units(options.start_balance)

    def run(self, options):
        begun = time.perf_counter()
        count = self.load(options)
        if count != options.count:
            raise RuntimeError(f"{count} trades of {options.count} were read")
        emit(ready=count, load_s=time.perf_counter() - begun, memory_bytes=memory_bytes("self"))
        for line in sys.stdin:
            print(json.dumps(self.answer(json.loads(line))), flush=True)

    def answer(self, request):
        reply = {}
        if "add" in request:
            begun = time.perf_counter()
            self.add(columns(request["add"], self.zone))
            reply["add_s"] = time.perf_counter() - begun
        if "view" in request:
            method = request["view"].replace("-", "_")
            begun = time.perf_counter()
            found = getattr(self, method)(request.get("filter") or {})
            reply["wall_s"] = time.perf_counter() - begun
            reply["result"] = getattr(self, f"{method}_result")(found)
        return reply


def ratio(dividend, divisor):
    return float(dividend / divisor) if divisor else None


def sharpe(first_day, last_day, sum_of_returns, sum_of_squares):
    """From Σr and Σr² over the days with a close; the others are zero."""
    count = last_day - first_day + 1
    if count < 2 or sum_of_returns is None:
        return None
    mean = sum_of_returns / count
    variance = (sum_of_squares - count * mean * mean) / (count - 1)
    return mean / math.sqrt(variance) * math.sqrt(365) if variance > 0 else None
