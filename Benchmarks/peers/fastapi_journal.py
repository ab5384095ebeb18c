"""The same journal behind FastAPI and SQLite: the overview of the analytics and a page of trades, for a Bearer token.

What a good FastAPI developer would write, with speed in mind: uvicorn with uvloop and httptools, one process, one SQLite
connection used on the event loop (a thread pool would cost more than these queries), prepared statements, indexes for the
order that is asked for, money in whole units of 10^-8 (exact), orjson, and no response models to validate. Each request
is computed; `journal_overview_kept` and `journal_trades_kept` are the same routes keeping their answers as bytes until
the journal changes, which costs them one more query for its version.

`wrk` asks each route in turn; every reply must be a 200. `--answers DIR` keeps one body of each route, as `DIR/STEP.json`.
"""

import argparse
import hashlib
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import uvicorn
from analytics import UNIT, columns, day_text, money, units
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from make_journal import COLUMNS
from support import emit, log

WRK = "/usr/bin/wrk"
STARTS_WITHIN_SECONDS = 30
SCHEMA = """
CREATE TABLE person (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE session (token_hash BLOB PRIMARY KEY, person INTEGER NOT NULL REFERENCES person, ends_at INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE trade (
    id TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES person, account TEXT NOT NULL, exchange TEXT NOT NULL,
    symbol TEXT NOT NULL, side TEXT NOT NULL, setup TEXT, quantity TEXT NOT NULL, entry_price TEXT NOT NULL,
    exit_price TEXT NOT NULL, stop_price TEXT, opened_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL,
    day INTEGER NOT NULL, gross INTEGER NOT NULL, fees INTEGER NOT NULL, net INTEGER NOT NULL, risk INTEGER
) WITHOUT ROWID;
CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE trade_tag (trade TEXT NOT NULL REFERENCES trade, tag INTEGER NOT NULL REFERENCES tag, PRIMARY KEY (trade, tag))
    WITHOUT ROWID;
-- Covers the overview, so that it reads one index in the order of the closes.
CREATE INDEX trade_closed ON trade (person, closed_ms, id, day, gross, fees, net, risk, opened_ms);
"""
PAGE = """
    SELECT id, account, exchange, symbol, side, setup, quantity, entry_price, exit_price, stop_price, opened_ms, closed_ms,
        gross, fees, net, risk,
        (SELECT group_concat(name, ' ') FROM trade_tag JOIN tag ON tag.id = tag WHERE trade = trade.id)
    FROM trade WHERE person = ? ORDER BY closed_ms DESC, id DESC LIMIT ? OFFSET ?
"""


# The database


def build(path, trades, count, zone):
    """The journal, and a token for it."""
    token = secrets.token_urlsafe(32)
    db = sqlite3.connect(path)
    db.executescript("PRAGMA journal_mode = WAL;" + SCHEMA)
    db.execute("INSERT INTO person VALUES (1, 1)")
    digest = hashlib.sha256(token.encode()).digest()
    db.execute("INSERT INTO session VALUES (?, 1, ?)", (digest, int(time.time()) + 86_400))
    tags = {}
    with open(trades, encoding="utf-8") as file:
        next(file)
        for line in islice(file, count):
            row = dict(zip(COLUMNS, line.rstrip("\n").split("\t"))) | {"day": columns(line, zone)["day"]}
            for name in ("gross", "fees", "net", "risk"):
                row[name] = units(row[name]) if row[name] else None
            row["setup"], row["stop_price"] = row["setup"] or None, row["stop_price"] or None
            db.execute(
                "INSERT INTO trade VALUES (:id, 1, :account, :exchange, :symbol, :side, :setup, :quantity, :entry_price,"
                " :exit_price, :stop_price, :opened_ms, :closed_ms, :day, :gross, :fees, :net, :risk)",
                row,
            )
            for name in row["tags"].split():
                number = tags.setdefault(name, len(tags) + 1)
                db.execute("INSERT OR IGNORE INTO tag VALUES (?, ?)", (number, name))
                db.execute("INSERT INTO trade_tag VALUES (?, ?)", (row["id"], number))
    db.commit()
    db.execute("ANALYZE")
    db.close()
    return token


# The application


class Overview:
    """One reading of the index for the sums; what depends on the order of the trades is a loop over that order."""

    SUMS = """
        SELECT count(*), coalesce(sum(gross), 0), coalesce(sum(fees), 0), coalesce(sum(net), 0),
            count(*) FILTER (WHERE net > 0), count(*) FILTER (WHERE net < 0),
            coalesce(sum(net) FILTER (WHERE net > 0), 0), coalesce(sum(net) FILTER (WHERE net < 0), 0), max(net), min(net),
            avg(1.0 * net / risk), avg(closed_ms - opened_ms), min(day), max(day)
        FROM trade WHERE person = ?
    """
    DAYS = "SELECT day, sum(net) FROM trade WHERE person = ? GROUP BY day ORDER BY day"
    NETS = "SELECT net FROM trade WHERE person = ? ORDER BY closed_ms, id"

    def __init__(self, db, person):
        sums = db.execute(self.SUMS, (person,)).fetchone()
        count, gross, fees, net, wins, losses, profit, loss, most, least, r, held, first, last = sums
        days = db.execute(self.DAYS, (person,)).fetchall()
        best = max(days, key=lambda day: day[1], default=None)
        worst = min(days, key=lambda day: day[1], default=None)
        drawdown, *streaks = self.in_order(db.execute(self.NETS, (person,)))
        share = lambda value, number: money(round(value / number)) if number else None
        day = lambda name, row: {f"{name}_day": row and money(row[1]), f"{name}_day_date": row and day_text(row[0])}
        self.reply = {
            "account": {
                "total_trades": count, "total_pnl": money(gross), "total_fees": money(fees), "net_pnl": money(net),
            },
            "performance": {
                "win_rate": wins / count * 100 if count else None, "profit_factor": profit / -loss if loss else None,
                "avg_win": share(profit, wins), "avg_loss": share(loss, losses),
                "largest_win": money(most) if wins else None, "largest_loss": money(least) if losses else None,
                "expectancy": share(net, count), "avg_r_multiple": r,
                "trades_per_day": count / (last - first + 1) if count else None,
                "avg_duration_secs": held / 1000 if count else None,
                "total_duration_days": last - first + 1 if count else 0,
            },
            "risk": {
                "max_drawdown": money(drawdown), **day("best", best), **day("worst", worst),
                "best_streak": streaks[0], "worst_streak": streaks[1], "current_streak": streaks[2],
            },
        }  # fmt: skip

    @staticmethod
    def in_order(nets):
        """(greatest drawdown, longest run of wins, of losses, current run)"""
        equity = peak = drawdown = best = worst = run = 0
        for (net,) in nets:
            equity += net
            if equity > peak:
                peak = equity
            elif peak - equity > drawdown:
                drawdown = peak - equity
            if net > 0:
                run = run + 1 if run > 0 else 1
                if run > best:
                    best = run
            elif net < 0:
                run = run - 1 if run < 0 else -1
                if -run > worst:
                    worst = -run
            else:
                run = 0
        return drawdown, best, worst, run


def application(path):
    app = FastAPI(docs_url=None, redoc_url=None)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    #: Replies by person and request, each with the version of the journal that it is about.
    kept = {}

    def reply(content):
        return Response(orjson.dumps(content), media_type="application/json")

    async def person(request: Request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        digest = hashlib.sha256(token.encode()).digest()
        found = db.execute("SELECT person, ends_at FROM session WHERE token_hash = ?", (digest,)).fetchone()
        if scheme != "Bearer" or not found or found[1] < time.time():
            raise HTTPException(401, "Sign in first.")
        return found[0]

    @app.get("/health")
    async def health():
        return reply({"status": "ok"})

    def reply_kept(person, request, make):
        (version,) = db.execute("SELECT version FROM person WHERE id = ?", (person,)).fetchone()
        if kept.get((person, request), (None,))[0] != version:
            kept[person, request] = (version, orjson.dumps(make()))
        return Response(kept[person, request][1], media_type="application/json")

    def page_of_trades(person, page, limit):
        (total,) = db.execute("SELECT count(*) FROM trade WHERE person = ?", (person,)).fetchone()
        rows = db.execute(PAGE, (person, limit, (page - 1) * limit))
        return {"trades": [shown(row) for row in rows], "total": total, "page": page, "limit": limit}

    @app.get("/api/v1/journal/analytics/overview")
    async def overview(person: int = Depends(person)):
        return reply(Overview(db, person).reply)

    @app.get("/kept/journal/analytics/overview")
    async def overview_kept(person: int = Depends(person)):
        return reply_kept(person, "overview", lambda: Overview(db, person).reply)

    @app.get("/api/v1/journal/trades")
    async def trades(person: int = Depends(person), page: int = Query(1, ge=1), limit: int = Query(50, ge=1, le=100)):
        return reply(page_of_trades(person, page, limit))

    @app.get("/kept/journal/trades")
    async def trades_kept(
        person: int = Depends(person), page: int = Query(1, ge=1), limit: int = Query(50, ge=1, le=100)
    ):
        return reply_kept(person, ("trades", page, limit), lambda: page_of_trades(person, page, limit))

    return app


def moment(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"


def shown(row):
    (
        id, account, exchange, symbol, side, setup, quantity, entry, exit, stop, opened, closed, gross, fees, net, risk, tags,
    ) = row  # fmt: skip
    return {
        "id": id, "account": account, "exchange": exchange, "symbol": symbol, "side": side.upper(), "entry_price": entry,
        "exit_price": exit, "quantity": quantity, "leverage": None, "realized_pnl": money(gross),
        "realized_pnl_pct": gross / UNIT / (float(entry) * float(quantity)) * 100, "fees": money(fees),
        "net_pnl": money(net), "stop_price": stop, "target_price": None, "risk_amount": money(risk),
        "r_multiple": net / risk if risk else None, "opened_at": moment(opened), "closed_at": moment(closed),
        "duration_secs": (closed - opened) // 1000, "trade_group_id": None, "notes": None, "source": "import",
        "exchange_fill_id": None, "setup_tag": setup, "needs_reconciliation": False, "close_reason": None,
        "status": "final", "tags": (tags or "").split(),
    }  # fmt: skip


# Measuring it


class Server:
    """The application in a process of its own, on a port of its own."""

    def __init__(self, database):
        self.database = database

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(self.database), "--port", str(self.port)]
        )
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("uvicorn did not start") from None
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def core_s(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def body(self, path, token):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request) as response:
            return response.read()

    def load(self, path, token, connections, seconds):
        """(requests, core seconds) of one turn of wrk."""
        before = self.core_s()
        command = [
            WRK,
            "--threads",
            "1",
            "--connections",
            str(connections),
            "--duration",
            f"{seconds}s",
            "--timeout",
            "30s",
        ]
        command += ["--header", f"Authorization: Bearer {token}", f"http://127.0.0.1:{self.port}{path}"]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        spent = self.core_s() - before
        rate = re.search(r"Requests/sec:\s+([0-9.]+)", said)
        if not rate or "Non-2xx" in said or "Socket errors" in said:
            raise RuntimeError(f"requests failed: {said}")
        return float(rate[1]) * seconds, spent


STEPS = {
    "journal_health": "/health",
    "journal_overview": "/api/v1/journal/analytics/overview",
    "journal_overview_kept": "/kept/journal/analytics/overview",
    "journal_trades": "/api/v1/journal/trades?limit=50",
    "journal_trades_kept": "/kept/journal/trades?limit=50",
}


def measure(options):
    database = options.work / "fastapi.sqlite"
    begun = time.perf_counter()
    token = build(database, options.trades, options.count, ZoneInfo(options.zone))
    log(f"built in {time.perf_counter() - begun:.1f} s")
    with Server(database) as server:
        for step, path in STEPS.items():
            body = server.body(path, token)
            if options.answers:
                (options.answers / f"{step}.json").write_bytes(body)
        server.load(STEPS["journal_health"], token, options.connections, 1)
        totals = {step: [0.0, 0.0] for step in STEPS}
        for _ in range(options.turns):
            for step, path in STEPS.items():
                for index, figure in enumerate(server.load(path, token, options.connections, options.seconds)):
                    totals[step][index] += figure
        for step, (requests, cores) in totals.items():
            emit(
                peer="fastapi", step=step, requests=round(requests), requests_per_s=requests / options.seconds / options.turns,
                core_s_per_request=cores / requests,
            )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trades", type=Path, help="made by make_journal.py")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--zone", default="UTC", help="of days; Daybook's, too, where nobody has set one")
    parser.add_argument("--work", type=Path, help="an empty directory on a real disk")
    parser.add_argument("--answers", type=Path, help="a directory for one body of each route")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=3, help="of each turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvicorn.run(
            application(options.serve), host="127.0.0.1", port=options.port, loop="uvloop", http="httptools",
            log_level="warning", access_log=False,
        )  # fmt: skip
    else:
        measure(options)


if __name__ == "__main__":
    main()
