"""Every figure that the statistics tell, worked out anew by DuckDB from the trades that the same journal exports."""

from dataclasses import dataclass, field

import pytest
from device import Device
from expectations import Expectations
from figures import Figures
from running_server import ROOT

FILES = ROOT / "fixtures" / "imports"
#: Clocks that change by an hour, by half an hour, and a day that begins at half past.
ZONES = ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
BALANCE = "100000"


@dataclass
class Filter:
    name: str
    #: Over the columns of `figures`.
    sql: str = "true"
    #: Of the command line.
    arguments: list = field(default_factory=list)


FILTERS = [
    Filter("all"),
    Filter("one market", "symbol = 'SOL_USDT'", ["--symbol", "SOL_USDT"]),
    Filter("one side", "direction = 'short'", ["--direction", "short"]),
    Filter("two tags", "list_has_any(tags, ['news', 'späte Reue'])", ["--tag", "news", "--tag", "späte Reue"]),
    Filter("an exchange", "exchange = 'binance'", ["--account", "binance"]),
    Filter(
        "days",
        "day BETWEEN DATE '2025-11-02' AND DATE '2026-10-31'",
        ["--from", "2025-11-02", "--to", "2026-10-31"],
    ),
    Filter(
        "everything at once",
        "direction = 'long' AND list_contains(tags, 'news') AND day >= DATE '2025-03-09'",
        ["--direction", "long", "--tag", "news", "--from", "2025-03-09"],
    ),
    Filter("nothing", "day < DATE '2001-01-01'", ["--to", "2000-12-31"]),
]

#: symbol, side, quantity, entry, exit, opened, closed, and what else is known: breakevens, ties, rebates, stops of
#: every kind, a day that lacks an hour and one that has an hour twice, losses, and figures that fill all decimals.
BY_HAND = [
    ("ADA_USDT", "long", "10", "1", "1", "2025-03-09T06:30:00Z", "2025-03-09T07:30:00Z", {"stop": "0.9"}),
    ("ADA_USDT", "long", "10", "1", "1.5", "2025-03-09T06:59:59.999Z", "2025-03-09T07:30:00Z", {"fees": "5"}),
    ("ADA_USDT", "long", "1000", "1", "1.015", "2025-11-02T05:30:00Z", "2025-11-02T06:30:00Z",
     {"fees": "3", "stop": "0.99", "tags": ["news", "späte Reue"]}),
    ("BTC_USDT", "short", "0.5", "64000", "63000", "2025-11-02T05:30:00Z", "2025-11-02T06:30:00Z",
     {"fees": "-1.25", "stop": "64500", "tags": ["news"], "setup": "fade"}),
    ("BTC_USDT", "short", "0.5", "64000", "64100", "2025-11-02T04:30:00Z", "2025-11-02T06:30:00Z",
     {"stop": "63500", "setup": "Fade"}),
    ("BTC_USDT", "long", "0.5", "64000", "64100", "2025-11-02T04:30:00Z", "2025-11-02T06:30:00Z", {"stop": "64000"}),
    ("ETH_USDT", "long", "3", "3000", "2999.999999999999999999", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z",
     {"stop": "2990", "tags": ["news"]}),
    ("ETH_USDT", "long", "3", "3000", "2970", "2026-04-04T15:15:00Z", "2026-04-04T15:15:00Z",
     {"stop": "2990", "fees": "0.000000000000000001"}),
    ("ETH_USDT", "long", "7", "3000", "2990", "2026-05-01T23:59:59.999Z", "2026-05-02T00:00:00Z", {"stop": "2991"}),
    ("ETH_USDT", "short", "7", "3000", "3030", "2026-05-01T12:00:00Z", "2026-07-02T12:00:00Z", {"stop": "3001"}),
    ("ETH_USDT", "short", "0.333333333333333333", "3000", "2123.456789", "2026-07-02T12:00:00Z",
     "2026-07-02T12:00:59.999Z", {"stop": "3000.01", "tags": ["news", "late"]}),
    ("GER40_EUR", "long", "2", "18000", "18010", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", {"stop": "17990"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def device(tmp_path_factory):
    device = Device(tmp_path_factory.mktemp("figures") / "laptop")
    for file in sorted(FILES.glob("*.csv")):
        # Some of these files have rows that must be refused, which the exit code tells.
        device.run("import", file, exits=(0, 3))
    for symbol, side, quantity, entry, exit, opened, closed, more in BY_HAND:
        options = ["--qty", quantity, "--entry", entry, "--exit", exit, "--opened", opened, "--closed", closed]
        for key in ("stop", "setup"):
            options += [f"--{key}", more[key]] if key in more else []
        options += [f"--fees={more['fees']}"] if "fees" in more else []
        options += [word for tag in more.get("tags", []) for word in ("--tag", tag)]
        device.run("trade", "add", symbol, side, *options)
    return device


def quotes(trades):
    """The currencies, most trades first."""
    closed = [trade["symbol"].rpartition("_")[2] for trade in trades if trade["closed"] and trade["net"]]
    return sorted(set(closed), key=lambda quote: (-closed.count(quote), quote))


# The command line


@pytest.mark.parametrize("zone", ZONES)
def test_stats_tell_what_the_exported_trades_come_to(device, zone):
    trades = device.exported_trades()
    assert len(trades) > 80
    found = Figures(trades, zone=zone, start_balance=BALANCE)
    with Expectations(zone) as expect:
        for quote in quotes(trades)[:3]:
            for filter in FILTERS:
                found.of(f"quote = '{quote}' AND {filter.sql}")
                told = device.json(
                    "stats", "--zone", zone, "--quote", quote, "--start-balance", BALANCE, *filter.arguments
                )  # fmt: skip
                expect_overview(expect, f"{quote}, {filter.name}", told["currencies"][0]["overview"], found)


def expect_overview(expect, name, told, found):
    tally = found.tally()
    expect.tally(name, told, tally)
    for key, net in zip(("largest_win", "largest_loss"), found.largest()):
        expect.money(f"{name}.{key}", told[key], net)
    shares = {"p5": "0.05", "p25": "0.25", "median": "0.5", "p75": "0.75", "p95": "0.95"}
    for key, share in shares.items():
        expect.money(f"{name}.{key}", (told["net_quantiles"] or {}).get(key), found.quantile(share))
    expect.ratio(f"{name}.sqn", told["sqn"], found.system_quality())
    for key, length in zip(("longest_win", "longest_loss", "current"), found.streaks()):
        expect.equal(f"{name}.streaks.{key}", told["streaks"][key], length)
    for key, held in found.durations_ms().items():
        expect.ratio(f"{name}.durations_ms.{key}", (told["durations_ms"] or {}).get(key), held)
    expect_days(expect, f"{name}.days", told, found)
    expect_drawdown(expect, f"{name}.drawdown", told, found)
    returns = found.returns() or dict.fromkeys(("sharpe", "sortino", "volatility", "cagr"))
    for key, value in returns.items():
        expect.ratio(f"{name}.{key}", (told["returns"] or {}).get(key), value)


def expect_days(expect, name, told, found):
    days = found.days()
    nets = [day["net"] for day in days]
    expect.equal(f"{name}.trading", told["days"]["trading"], len(days))
    expect.equal(f"{name}.winning", told["days"]["winning"], sum(net > 0 for net in nets))
    expect.equal(f"{name}.losing", told["days"]["losing"], sum(net < 0 for net in nets))
    calendar = (days[-1]["day"] - days[0]["day"]).days + 1 if days else 0
    expect.equal(f"{name}.calendar", told["days"]["calendar"], calendar)
    for key, day in zip(("best", "worst"), found.best_and_worst_day()):
        expect.equal(f"{name}.{key}", (told["days"][key] or {}).get("day"), day and day[0])
        expect.money(f"{name}.{key}", (told["days"][key] or {}).get("net"), day and day[1])


def expect_drawdown(expect, name, told, found):
    drawdown = found.drawdown()
    if drawdown is None:
        expect.equal(name, told["drawdown"], None)
        return
    amount, fraction, *stretches = drawdown
    expect.money(f"{name}.amount", told["drawdown"]["amount"], amount)
    expect.ratio(f"{name}.fraction", told["drawdown"]["fraction"], fraction)
    for key, stretch in zip(("deepest", "longest"), stretches):
        expect_stretch(expect, f"{name}.{key}", told["drawdown"][key], stretch)


def expect_stretch(expect, name, told, stretch):
    if stretch is None or told is None:
        return expect.equal(name, told, stretch)
    depth, *rest = stretch
    expect.money(f"{name}.depth", told["depth"], depth)
    for key, value in zip(("from", "to", "days", "recovered"), rest):
        expect.equal(f"{name}.{key}", told[key], value)


BREAKDOWNS = {
    "symbol": lambda found: found.by_name("symbol"),
    "direction": lambda found: found.by_name("direction"),
    "tag": lambda found: found.by_tag(),
    "day": lambda found: found.by("day"),
    "week": lambda found: found.by("date_trunc('week', day)::DATE"),
    "month": lambda found: found.by("date_trunc('month', day)::DATE"),
    "weekday": lambda found: found.by("weekday"),
    "hour": lambda found: found.by("hour"),
}


@pytest.mark.parametrize("dimension", BREAKDOWNS)
def test_the_rows_of_stats_are_what_the_exported_trades_come_to(device, dimension):
    trades = device.exported_trades()
    with Expectations(dimension) as expect:
        for zone in ZONES[1:3]:
            found = Figures(trades, zone=zone).of("quote = 'USDT'")
            told = device.json("stats", "--zone", zone, "--quote", "USDT", "--by", dimension)["currencies"][0]
            rows = BREAKDOWNS[dimension](found)
            expect.equal("rows", [row["key"] for row in told["rows"]], [named(row["key"]) for row in rows])
            for row, expected in zip(told["rows"], rows):
                expect.tally(f"{zone} {row['key']}", row, expected)
            if dimension != "tag":
                assert sum(row["trades"] for row in told["rows"]) == told["overview"]["trades"] > 50


def named(key):
    return key if key is None else str(key)
