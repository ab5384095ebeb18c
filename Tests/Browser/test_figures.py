"""Every figure that the statistics tell, worked out anew by DuckDB from the trades that the same journal exports."""

import random
from datetime import datetime, timedelta, timezone

import pytest
from analytics import Filter, View
from device import Device
from expectations import Expectations
from figures import Figures
from person import Person
from running_server import ROOT, RunningServer

FILES = ROOT / "fixtures" / "imports"
#: Clocks that change by an hour, by half an hour, and a day that begins at half past.
ZONES = ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
BALANCE = "100000"
FILTERS = [
    Filter("all", arguments=[]),
    Filter("one market", "symbol = 'SOL_USDT'", [("symbol", "SOL_USDT")], ["--symbol", "SOL_USDT"]),
    Filter("one side", "direction = 'short'", [("side", "short")], ["--direction", "short"]),
    Filter(
        "two tags", "list_has_any(tags, ['news', 'späte Reue'])", [("tag", "news"), ("tag", "späte Reue")],
        ["--tag", "news", "--tag", "späte Reue"],
    ),
    Filter("an exchange", "exchange = 'binance'", [("exchange", "binance")], ["--account", "binance"]),
    Filter(
        "an account", "exchange = 'bybit' AND account = 'main'", [("account", "bybit/main")], ["--account", "bybit/main"]
    ),
    Filter("a setup", "lower(setup) = 'fade'", [("setup_tag", "FADE")]),
    Filter(
        "a setup or none", "setup IS NULL OR lower(setup) = 'fade'",
        [("setup_tag", "fade"), ("setup_tag", "(untagged)")],
    ),
    Filter("by hand", "manual", [("source", "manual")]),
    Filter(
        "days", "day BETWEEN DATE '2025-11-02' AND DATE '2026-10-31'",
        [("date_from", "2025-11-02"), ("date_to", "2026-10-31")], ["--from", "2025-11-02", "--to", "2026-10-31"],
    ),
    Filter(
        "everything at once",
        "direction = 'long' AND list_contains(tags, 'news') AND day >= DATE '2025-03-09'"
        " AND symbol IN ('ADA_USDT', 'ETH_USDT')",
        [("side", "long"), ("tag", "news"), ("date_from", "2025-03-09"), ("symbol", "ADA_USDT"), ("symbol", "ethusdt")],
        ["--direction", "long", "--tag", "news", "--from", "2025-03-09", "--symbol", "ADA_USDT", "--symbol", "ethusdt"],
    ),
    Filter("nothing", "day < DATE '2001-01-01'", [("date_to", "2000-12-31")], ["--to", "2000-12-31"]),
]  # fmt: skip

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
def server():
    with RunningServer() as server:
        yield server


@pytest.fixture(scope="module")
def person(server):
    """Has imported every file of the fixtures, and entered trades by hand; all of it over REST."""
    person = Person(server)
    for file in sorted(FILES.glob("*.csv")):
        state = person.import_fills(file.name, file.read_bytes())
        assert state["status"] in ("completed", "done"), state
    for trade in BY_HAND:
        enter(person, *trade)
    return person


def enter(person, symbol, side, quantity, entry, exit, opened, closed, more):
    names = {"stop": "stop_price", "setup": "setup_tag"}
    return person.write("POST", "/journal/trades", {
        "symbol": symbol, "side": side, "quantity": quantity, "entry_price": entry, "exit_price": exit,
        "opened_at": opened, "closed_at": closed, "stop_is_meant": True, **{names.get(key, key): value for key, value in more.items()},
    })  # fmt: skip


@pytest.fixture(scope="module")
def trader(server):
    """Trades so often that curves become candles, and windows are a choice."""
    person = Person(server)
    person.import_fills("often.csv", often(2400).encode(), account="often")
    return person


def often(count):
    """A generic file with as many round trips, some in several fills, over four years."""
    dice = random.Random(4)
    lines = ["time,symbol,side,price,quantity,fee,fee_currency,id"]
    at = datetime(2022, 1, 3, tzinfo=timezone.utc)
    for trip in range(count):
        symbol, price = dice.choice([("BTC/USDT", 60_000), ("ETH/USDT", 3_000), ("DOGE/USDT", 0.2)])
        entry = price * dice.uniform(0.8, 1.2)
        exit = entry * dice.gauss(1.0005, 0.02) if dice.random() > 0.05 else entry
        sides = dice.choice([("buy", "sell"), ("sell", "buy")])
        quantity = dice.randrange(1, 10**6)
        part = dice.randrange(0, quantity)
        steps = [(sides[0], entry, quantity), (sides[1], exit, part), (sides[1], exit * 1.001, quantity - part)]
        # Now and then two trades close in the same second.
        at += timedelta(seconds=dice.randrange(0, 100_000) if trip % 10 else 0)
        for place, (side, paid, amount) in enumerate(steps):
            moment = (at + timedelta(minutes=place * 7)).strftime("%Y-%m-%dT%H:%M:%SZ")
            fee = f"{dice.randint(-3, 9) / 100:.2f}"
            if amount:
                lines.append(f"{moment},{symbol},{side},{paid:.5f},{amount / 10**4:.4f},{fee},USDT,{trip}-{place}")
        at += timedelta(minutes=14)
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def device(person, tmp_path_factory):
    device = Device(tmp_path_factory.mktemp("figures") / "laptop")
    device.sign_in(person.server, person.wallet)
    device.run("sync")
    return device


def quotes(trades):
    """The currencies, most trades first."""
    closed = [trade["currency"] or "" for trade in trades if trade["closed"] and trade["net"]]
    return sorted(set(closed), key=lambda quote: (-closed.count(quote), quote))


# The routes


@pytest.mark.parametrize("zone", ZONES)
def test_every_view_tells_what_the_exported_trades_come_to(person, zone):
    trades = person.exported_trades()
    assert len(trades) > 80
    found = Figures(trades, zone=zone, start_balance=BALANCE)
    terms = [("zone", zone), ("quote", "USDT"), ("start_balance", BALANCE)]
    for filter in FILTERS if zone != "UTC" else FILTERS[:1]:
        with Expectations(f"{zone}, {filter.name}") as expect:
            view = View(person, expect, found.of(f"quote = 'USDT' AND ({filter.sql})"), terms + filter.query)
            view.all()
            view.calendar("2025-11")
            view.sums()


@pytest.mark.parametrize("quote", ["USDC", "BTC", "EUR"])
def test_currencies_are_never_added_up(person, quote):
    found = Figures(person.exported_trades()).of(f"quote = '{quote}'")
    with Expectations(quote) as expect:
        view = View(person, expect, found, [("quote", quote)])
        view.all()
        view.sums()


def test_gross_leaves_the_fees_out(person):
    found = Figures(person.exported_trades(), basis="gross").of("quote = 'USDT'")
    with Expectations("gross") as expect:
        View(person, expect, found, [("basis", "gross")]).all()


@pytest.mark.parametrize("balance", ["1", "130", "1000000000000"])
def test_ruin_leaves_no_ratio_of_returns(person, balance):
    found = Figures(person.exported_trades(), start_balance=balance).of("quote = 'USDT'")
    with Expectations(balance) as expect:
        View(person, expect, found, [("start_balance", balance)]).overview()


@pytest.mark.parametrize("zone", ["Pacific/Chatham"])
def test_many_trades_become_candles_with_exact_extremes(trader, zone):
    found = Figures(trader.exported_trades(), zone=zone, start_balance=BALANCE)
    for sql, query in (("true", []), ("symbol <> 'DOGE_USDT'", [("symbol", "BTC_USDT"), ("symbol", "ETH_USDT")])):
        with Expectations(f"{zone}, {sql}") as expect:
            view = View(trader, expect, found.of(sql), [("zone", zone), ("start_balance", BALANCE), *query])
            view.all()
            view.sums()


def test_a_comparison_is_the_overviews_of_both(person):
    sides = [
        person.get("/journal/analytics/overview", [("side", side), ("zone", ZONES[1])]) for side in ("long", "short")
    ]
    told = person.write(
        "POST", "/journal/analytics/compare", {"a": {"side": ["long"]}, "b": {"side": ["short"]}, "zone": ZONES[1]}
    )
    assert [told["a"], told["b"]] == sides
    assert sides[0] != sides[1]


# The command line


@pytest.mark.parametrize("zone", ZONES[1:3])
def test_stats_of_a_device_tell_the_same(person, device, zone):
    trades = device.exported_trades()
    assert trades == person.exported_trades()
    found = Figures(trades, zone=zone, start_balance=BALANCE)
    with Expectations(zone) as expect:
        for quote in quotes(trades)[:2]:
            for filter in FILTERS:
                if filter.arguments is None:
                    continue
                found.of(f"quote = '{quote}' AND ({filter.sql})")
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


# Through time


class History:
    """A journal that is written to from two sides, and what its figures must be after each step."""

    def __init__(self, person, device, seed):
        self.person, self.device, self.dice = person, device, random.Random(seed)
        self.zone, self.start_of_day, self.basis = "UTC", 0, "net"
        self.commits = []

    def trades(self, manual=None):
        trades = self.person.exported_trades()
        return [trade for trade in trades if manual is None or (trade["fill_count"] == 0) == manual]

    def moment(self):
        """In the span of the imported fills, now and then at one of few instants."""
        if self.dice.random() < 0.3:
            return f"2026-11-{self.dice.randint(1, 3):02}T12:00:00Z"
        at = datetime(2026, 10, 1, tzinfo=timezone.utc) + timedelta(milliseconds=self.dice.randrange(50 * 86_400_000))
        return at.isoformat(timespec="milliseconds")[:-6] + "Z"

    def near(self, price):
        """As decimal text, which a Python number is not always."""
        return f"{float(price) * self.dice.uniform(0.8, 1.2):.12f}"

    def enter(self):
        entry = self.dice.choice(["100", "0.123456789", "64000.5"])
        opened, closed = sorted((self.moment(), self.moment()))
        more = {"fees": self.dice.choice(["0", "-0.5", "1.000000000000000001"])}
        if self.dice.random() < 0.6:
            more["stop"] = str(float(entry) * self.dice.choice([0.9, 1.1]))
        exit = self.dice.choice([entry, "101.25", "0.12", "63999.75"])
        symbol, side = self.dice.choice(["SOL_USDT", "NEW_USDT", "BTC_USDT"]), self.dice.choice(["long", "short"])
        enter(self.person, symbol, side, "0.25", entry, exit, opened, closed, more)

    def change_facts(self):
        trade = self.dice.choice(self.trades(manual=True))
        opened, closed = sorted((self.moment(), self.moment()))
        change = self.dice.choice([
            {"exit_price": str(self.dice.randint(1, 200))}, {"fees": str(self.dice.randint(-3, 3))},
            {"opened_at": opened, "closed_at": closed}, {"quantity": "3.5"}, {"side": "short"},
        ])  # fmt: skip
        self.person.write("PATCH", f"/journal/trades/{trade['id']}", {**change, "stop_is_meant": True})

    def change_words(self):
        trade = self.dice.choice(self.trades())
        change = self.dice.choice([
            {"stop_price": self.near(trade["entry_price"])}, {"stop_price": None},
            {"setup_tag": self.dice.choice(["fade", "Fade", "gap"])}, {"setup_tag": None},
        ])  # fmt: skip
        self.person.write("PATCH", f"/journal/trades/{trade['id']}", {**change, "stop_is_meant": True})

    def tag(self):
        trade = self.dice.choice(self.trades())
        self.person.write(
            "POST", f"/journal/trades/{trade['id']}/tags", {"names": [self.dice.choice(["news", "late"])]}
        )

    def delete(self):
        trade = self.dice.choice(self.trades(manual=True))
        self.commits.append(self.person.write("DELETE", f"/journal/trades/{trade['id']}")["commit"])

    def undo(self):
        if self.commits:
            self.person.write("POST", "/journal/undo", {"commit": self.commits.pop()})

    def on_the_device(self):
        """The device is behind: it edits what it last saw, and then both learn of each other."""
        for trade in self.dice.sample(self.device.exported_trades(), 3):
            setup = self.dice.choice(["gap", "fade"])
            stop = self.near(trade["entry_price"])
            self.device.run("trade", "edit", "--yes", trade["id"], "--stop", stop, "--setup", setup)
        at = self.moment()
        self.device.run("trade", "add", "SOL_USDT", "long", "--qty", 2, "--entry", 100, "--exit", 99,
                        "--opened", at, "--closed", at, "--stop", 98)  # fmt: skip
        self.device.run("sync")

    def settle_in(self):
        """Another zone, another start of the day, fees in or out."""
        self.zone = self.dice.choice(ZONES)
        self.start_of_day = self.dice.choice([0, 240, -420])
        self.basis = self.dice.choice(["net", "gross"])
        settings = {"zone": self.zone, "start_of_day_minutes": self.start_of_day, "basis": self.basis}
        self.person.write("PUT", "/journal/settings", settings)

    def expect(self, step, whole=False):
        found = Figures(
            self.trades(), self.zone, start_of_day=self.start_of_day, start_balance=BALANCE, basis=self.basis
        ).of("quote = 'USDT'")
        with Expectations(step) as expect:
            view = View(self.person, expect, found, [("start_balance", BALANCE), ("quote", "USDT")])
            if whole:
                view.all()
            else:
                view.overview()
                self.dice.choice([view.equity_curve, view.daily_pnl, view.setup_breakdown, view.rolling])()
            view.sums()


@pytest.mark.parametrize("seed", [2])
def test_the_figures_stay_right_through_edits_undo_and_sync(server, tmp_path, seed):
    person = Person(server)
    device = Device(tmp_path / "laptop")
    device.sign_in(server, person.wallet)
    device.run("import", FILES / "demo_binance.csv")
    device.run("sync")
    history = History(person, device, seed)
    history.enter()
    history.expect("the beginning")
    steps = [
        history.enter, history.change_facts, history.change_words, history.tag, history.delete, history.undo,
        history.enter, history.change_words,
    ]  # fmt: skip
    for number in range(24):
        step = {7: history.on_the_device, 12: history.settle_in, 18: history.on_the_device, 20: history.settle_in}.get(
            number
        ) or history.dice.choice(steps)
        if step in (history.change_facts, history.delete) and len(history.trades(manual=True)) < 2:
            step = history.enter
        step()
        history.expect(f"step {number}, {step.__name__}")
    # What comes late regroups the trades before.
    person.import_fills("demo_bybit.csv", (FILES / "demo_bybit.csv").read_bytes())
    device.run("sync")
    history.expect("the end", whole=True)
    assert device.exported_trades() == person.exported_trades()
