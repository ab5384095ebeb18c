"""What each route of the analytics must answer, said with the figures that DuckDB worked out."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from expectations import canonical
from figures import DURATIONS, POINTS_MAX, rounded

BUCKET_NAMES = [
    "[0,1m)", "[1m,5m)", "[5m,15m)", "[15m,60m)", "[1h,4h)", "[4h,24h)", "[1d,3d)", "[3d,7d)", "[7d,30d)", "[30d,)",
]  # fmt: skip
#: How many points the picture of durations and profits has at most.
SAMPLE_MAX = 2000
#: What replies call the figures of a tally.
ROW = {
    "trades": "trade_count", "wins": "wins", "losses": "losses", "breakevens": "breakevens",
    "profit_factor": "profit_factor", "r_trades": "r_trades", "average_r": "avg_r_multiple",
}  # fmt: skip
SHARES = {"p5": "0.05", "p25": "0.25", "median": "0.5", "p75": "0.75", "p95": "0.95"}


@dataclass
class Filter:
    """The same trades, named in three ways."""

    name: str
    #: Over the columns of `figures`.
    sql: str = "true"
    #: Of a route.
    query: list = field(default_factory=list)
    #: Of the command line; None where it has no words for it.
    arguments: list | None = None


def percent(share):
    return None if share is None else share * 100


class View:
    """The views of one choice of trades, in the same terms as `found`."""

    def __init__(self, person, expect, found, terms):
        self.person, self.expect, self.found, self.terms = person, expect, found, terms

    def get(self, view, *more):
        return self.person.get(f"/journal/analytics/{view}", [*self.terms, *more])

    def all(self):
        for check in (
            self.overview, self.equity_curve, self.drawdown, self.daily_pnl, self.symbol_breakdown,
            self.setup_breakdown, self.duration_profit, self.return_distribution, self.time_distribution, self.rolling,
        ):  # fmt: skip
            check()

    def row(self, name, told, expected, **money):
        """A row of a table; `money` names further amounts of the tally, as total_pnl="net"."""
        self.expect.tally(name, told, expected, ROW)
        self.expect.ratio(f"{name}.win_rate", told["win_rate"], percent(expected["win_rate"]))
        for key, figure in money.items():
            self.expect.money(f"{name}.{key}", told[key], expected[figure])

    def rows(self, name, told, expected, keys, **money):
        """`keys` maps a row's names to functions of the expected row."""
        wanted = [tuple(of(row) for of in keys.values()) for row in expected]
        self.expect.equal(name, [tuple(row[key] for key in keys) for row in told], wanted)
        for row, figures in zip(told, expected):
            self.row(f"{name} {[row[key] for key in keys]}", row, figures, **money)

    # The front page

    def overview(self):
        told, expect, found = self.get("overview"), self.expect, self.found
        tally = found.tally()
        account, performance, risk = told["account"], told["performance"], told["risk"]
        expect.equal("total_trades", account["total_trades"], tally["trades"])
        for key, figure in (("total_pnl", "gross"), ("total_fees", "fees"), ("net_pnl", "net")):
            expect.money(key, account[key], tally[figure])
        for key in ("wins", "losses", "breakevens", "no_losses", "r_trades"):
            expect.equal(key, performance[key], tally[key])
        money = {"gross_profit": "gross_profit", "gross_loss": "gross_loss", "avg_win": "average_win",
                 "avg_loss": "average_loss", "expectancy": "expectancy"}  # fmt: skip
        for key, figure in money.items():
            expect.money(key, performance[key], tally[figure])
        for key, figure in (("win_rate", "win_rate"), ("win_rate_decided", "win_rate_decided")):
            expect.ratio(key, performance[key], percent(tally[figure]))
        ratios = {"profit_factor": "profit_factor", "payoff_ratio": "payoff_ratio", "avg_r_multiple": "average_r",
                  "total_r": "total_r", "kelly": "kelly"}  # fmt: skip
        for key, figure in ratios.items():
            expect.ratio(key, performance[key], tally[figure])
        for key, net in zip(("largest_win", "largest_loss"), found.largest()):
            expect.money(key, performance[key], net)
        for key, share in SHARES.items():
            expect.money(f"net_quantiles.{key}", (performance["net_quantiles"] or {}).get(key), found.quantile(share))
        expect.ratio("sqn", performance["sqn"], found.system_quality())
        self.held(performance, tally)
        self.risk(risk, tally)
        self.spans(risk)

    def held(self, told, tally):
        expect, found = self.expect, self.found
        names = {"mean": "avg_duration_secs", "median": "median_duration_secs", "mean_win": "avg_win_duration_secs",
                 "mean_loss": "avg_loss_duration_secs"}  # fmt: skip
        for key, held in found.durations_ms().items():
            expect.ratio(names[key], told[names[key]], None if held is None else held / 1000)
        days = found.days()
        calendar = (days[-1]["day"] - days[0]["day"]).days + 1 if days else 1
        expect.equal("total_duration_days", told["total_duration_days"], calendar)
        expect.ratio("trades_per_day", told["trades_per_day"], tally["trades"] / calendar)
        expect.equal("trading_days", told["trading_days"], len(days))
        expect.equal("winning_days", told["winning_days"], sum(day["net"] > 0 for day in days))
        expect.equal("losing_days", told["losing_days"], sum(day["net"] < 0 for day in days))
        mean = rounded(Fraction(tally["net"]) / len(days)) if days else None
        expect.money("net_per_trading_day", told["net_per_trading_day"], mean)

    def risk(self, told, tally):
        expect, found = self.expect, self.found
        amount, fraction, deepest, longest = found.drawdown() or (None, None, None, None)
        expect.money("max_drawdown", told["max_drawdown"], amount)
        expect.ratio("max_drawdown_pct", told["max_drawdown_pct"], percent(fraction))
        self.stretch("deepest_drawdown", told["deepest_drawdown"], deepest)
        self.stretch("longest_drawdown", told["longest_drawdown"], longest)
        expect.ratio("recovery_factor", told["recovery_factor"], Fraction(tally["net"]) / amount if amount else None)
        expect.ratio("risk_of_ruin", told["risk_of_ruin"], self.ruin(tally))
        for key, length in zip(("best_streak", "worst_streak", "current_streak"), found.streaks()):
            expect.equal(key, told[key], length)
        returns = found.returns() or dict.fromkeys(("sharpe", "sortino", "volatility", "cagr"))
        for key, value in returns.items():
            expect.ratio(key, told[key], value)
        growth = returns["cagr"]
        expect.ratio("calmar", told["calmar"], growth / float(fraction) if fraction and growth is not None else None)

    @staticmethod
    def ruin(tally):
        return (tally["losses"] / tally["trades"]) ** 20 * 100 if tally["trades"] else None

    def stretch(self, name, told, expected):
        if told is None or expected is None:
            return self.expect.equal(name, told, expected)
        depth, *rest = expected
        self.expect.money(f"{name}.depth", told["depth"], depth)
        for key, value in zip(("from", "to", "days", "recovered"), rest):
            self.expect.equal(f"{name}.{key}", told[key], value)

    def spans(self, told):
        for span, key in (("day", "day"), ("week", self.WEEK), ("month", self.MONTH)):
            rows = self.found.by(key)
            # min and max take the first of equals, and rows are in order of date.
            for name, choose in (("best", max), ("worst", min)):
                row = choose(rows, key=lambda row: row["net"], default=None)
                self.expect.money(f"{name}_{span}", told[f"{name}_{span}"], row and row["net"])
                self.expect.equal(f"{name}_{span}_date", told[f"{name}_{span}_date"], row and row["key"])

    WEEK = "date_trunc('week', day)::DATE"
    MONTH = "date_trunc('month', day)::DATE"

    # Curves

    def equity(self, net):
        return None if self.found.start is None else self.found.start + Fraction(net)

    def below(self, name, told, fall, peak):
        """`fall` is never above zero."""
        self.expect.money(f"{name}.drawdown", told["drawdown"], fall)
        whole = None if self.found.start is None else self.found.start + peak
        self.expect.ratio(f"{name}.drawdown_pct", told["drawdown_pct"], None if whole is None else fall / whole * 100)

    def equity_curve(self):
        told, points = self.get("equity-curve"), self.found.equity_points()
        if len(points) > POINTS_MAX:
            return self.candles(told)
        self.expect.equal("equity-curve", len(told["data"]), len(points))
        self.expect.equal("days_per_point", told["days_per_point"], None)
        peak = Fraction(0)
        for row, point in zip(told["data"], points):
            name, net = f"equity-curve {row['closed_at']}", Fraction(point["sum"])
            peak = max(peak, net)
            self.expect.equal(f"{name}.date", row["date"], point["day"])
            self.expect.money(f"{name}.cumulative_pnl", row["cumulative_pnl"], net)
            self.expect.money(f"{name}.peak", row["peak"], peak)
            self.expect.money(f"{name}.equity", row["equity"], self.equity(net))
            self.below(name, row, net - peak, peak)

    def candles(self, told):
        span, candles = self.found.candles()
        self.expect.equal("days_per_point", told["days_per_point"], span)
        self.expect.equal("equity-curve", [row["date"] for row in told["data"]], [str(c["start"]) for c in candles])
        peak = Fraction(0)
        for row, candle in zip(told["data"], candles):
            name, close = f"equity-curve {row['date']}", Fraction(candle["close"])
            peak = max(peak, Fraction(candle["high"]))
            for key, figure in (("open", "open"), ("high", "high"), ("low", "low"), ("cumulative_pnl", "close")):
                self.expect.money(f"{name}.{key}", row[key], candle[figure])
            self.expect.equal(f"{name}.trade_count", row["trade_count"], candle["trades"])
            self.expect.money(f"{name}.peak", row["peak"], peak)
            self.expect.money(f"{name}.equity", row["equity"], self.equity(close))
            self.below(name, row, close - peak, peak)

    def drawdown(self):
        told = self.get("drawdown")
        amount, fraction, deepest, longest = self.found.drawdown() or (None, None, None, None)
        self.expect.money("drawdown.max_drawdown", told["max_drawdown"], amount)
        self.expect.ratio("drawdown.max_drawdown_pct", told["max_drawdown_pct"], percent(fraction))
        self.stretch("drawdown.deepest", told["deepest"], deepest)
        self.stretch("drawdown.longest", told["longest"], longest)
        falls = [Fraction(row["drawdown"]) for row in told["data"]]
        # Exact extremes: the deepest place of the curve is the greatest drawdown, whether points or candles tell it.
        self.expect.equal(
            "the deepest of drawdown", canonical(min(falls, default=Fraction(0))), canonical(-(amount or 0))
        )
        points = self.found.equity_points()
        if len(points) > POINTS_MAX:
            return self.falls(told)
        peak = Fraction(0)
        for row, point in zip(told["data"], points):
            peak = max(peak, Fraction(point["sum"]))
            self.below(f"drawdown {row['closed_at']}", row, Fraction(point["sum"]) - peak, peak)

    def falls(self, told):
        """Each candle tells the deepest place in it, from its open on, below the peak as it was then."""
        _, candles = self.found.candles()
        self.expect.equal("drawdown", [row["date"] for row in told["data"]], [str(c["start"]) for c in candles])
        points, peak, at = self.found.equity_points(), Fraction(0), Fraction(0)
        walk = iter(points)
        for row, candle in zip(told["data"], candles):
            deepest = (at - peak, peak)
            for _ in range(candle["trades"]):
                at = Fraction(next(walk)["sum"])
                peak = max(peak, at)
                deepest = min(deepest, (at - peak, peak))
            self.below(f"drawdown {row['date']}", row, *deepest)

    def rolling(self):
        for window in (50, 7):
            told = self.get("rolling", ("window", window))
            expected = self.found.windows(window)
            self.expect.equal("rolling", len(told["data"]), len(expected))
            for row, figures in zip(told["data"], expected):
                self.row(f"rolling {row['closed_at']}", row, figures, net_pnl="net", expectancy="expectancy")

    # Tables

    def daily_pnl(self):
        told, days = self.get("daily-pnl"), self.found.by("day")
        self.rows("daily-pnl", told["data"], days, {"date": lambda row: str(row["key"])}, pnl="net")

    def calendar(self, month):
        """`month`: 2026-10."""
        told, found = self.get("calendar", ("month", month)), self.found
        days = [row for row in found.by("day") if str(row["key"]).startswith(month)]
        self.rows("calendar", told["data"], days, {"date": lambda row: str(row["key"])}, pnl="net")
        overlapping = f"day BETWEEN date_trunc('week', DATE '{month}-01')::DATE AND " \
            f"(date_trunc('week', last_day(DATE '{month}-01')) + INTERVAL 6 DAY)::DATE"  # fmt: skip
        weeks = found.by(self.WEEK, f"(SELECT * FROM chosen WHERE {overlapping})")
        self.rows("calendar.weeks", told["weeks"], weeks, {"date": lambda row: str(row["key"])}, pnl="net")
        total = found.by("0", f"(SELECT * FROM chosen WHERE strftime(day, '%Y-%m') = '{month}')")
        if total:
            self.row("calendar.total", told["total"], total[0], pnl="net")

    def symbol_breakdown(self):
        money = {"total_pnl": "net", "gross_pnl": "gross", "total_fees": "fees", "expectancy": "expectancy"}
        told = self.get("symbol-breakdown")["data"]
        self.rows("symbol-breakdown", told, self.found.by_name("symbol"), {"symbol": lambda row: row["key"]}, **money)

    def setup_breakdown(self):
        money = {"total_pnl": "net", "gross_pnl": "gross", "total_fees": "fees", "expectancy": "expectancy"}
        name = {"setup_tag": lambda row: row["key"] or "(untagged)"}
        self.rows("setup-breakdown", self.get("setup-breakdown")["data"], self.found.by_setup(), name, **money)

    def duration_profit(self):
        told, found = self.get("duration-profit"), self.found
        seconds = lambda row: row["key"] * 60
        after = lambda row: [*DURATIONS, None][DURATIONS.index(row["key"]) + 1 :][0]
        keys = {"bucket": lambda row: BUCKET_NAMES[DURATIONS.index(row["key"])], "from_secs": seconds,
                "to_secs": lambda row: None if after(row) is None else after(row) * 60}  # fmt: skip
        self.rows("duration-profit", told["buckets"], found.by_duration(), keys, total_pnl="net", avg_pnl="expectancy")
        trades = {row["id"]: row for row in found.rows("SELECT id, held_ms, net, symbol FROM chosen")}
        sample = {row["trade_id"]: row for row in told["data"]}
        if len(trades) <= SAMPLE_MAX:
            self.expect.equal("duration-profit sample", len(sample), len(trades))
        else:
            # Chosen by the ids, so that it stays the same while trades are added: about as many as are allowed.
            assert SAMPLE_MAX * 0.8 < len(sample) <= SAMPLE_MAX
        self.expect.equal("duration-profit sample twice", len(sample), len(told["data"]))
        for id, row in sample.items():
            self.expect.ratio(f"duration of {id}", row["duration_secs"], Fraction(trades[id]["held_ms"], 1000))
            self.expect.money(f"profit of {id}", row["pnl"], trades[id]["net"])
            self.expect.equal(f"symbol of {id}", row["symbol"], trades[id]["symbol"])

    def return_distribution(self):
        for unit, column in (("r", "r_bucket"), ("percent", "percent_bucket")):
            known, unknown = self.found.buckets(column)
            for width in (1, 10, 7):
                told = self.get("return-distribution", ("unit", unit), ("width", width))
                wide = {}
                for bucket, count in known.items():
                    wide[math.floor(bucket / width)] = wide.get(math.floor(bucket / width), 0) + count
                name = f"return-distribution {unit} {width}"
                self.expect.equal(name, [row["count"] for row in told["data"]], [wide[key] for key in sorted(wide)])
                self.expect.equal(f"{name}.unknown_count", told["unknown_count"], unknown)
                for row, key in zip(told["data"], sorted(wide)):
                    self.expect.ratio(f"{name}.from", row["from"], key * width / 10)
                    self.expect.ratio(f"{name}.to", row["to"], (key + 1) * width / 10)

    def time_distribution(self):
        told, found = self.get("time-distribution"), self.found
        cells = [row | {"key": key} for key, row in sorted(found.by_hour_of_week().items())]
        keys = {"day_of_week": lambda row: row["key"][0], "hour": lambda row: row["key"][1]}
        money = {"total_pnl": "net", "avg_pnl": "expectancy"}
        self.rows("time-distribution", told["data"], cells, keys, **money)
        whole = lambda row: row["key"]
        self.rows("by_weekday", told["by_weekday"], found.by("weekday"), {"day_of_week": whole}, **money)
        self.rows("by_hour", told["by_hour"], found.by("hour"), {"hour": whole}, **money)

    # What must be one number

    def sums(self):
        """The sums of days, symbols, setups, durations and hours, and the end of the curve, are the overview's net."""
        net = Fraction(self.get("overview")["account"]["net_pnl"])
        curve = self.get("equity-curve")["data"]
        times = self.get("time-distribution")
        sums = {
            "days": sum(Fraction(row["pnl"]) for row in self.get("daily-pnl")["data"]),
            "curve": Fraction(curve[-1]["cumulative_pnl"]) if curve else Fraction(0),
        }
        tables = {
            "symbols": self.get("symbol-breakdown")["data"], "setups": self.get("setup-breakdown")["data"],
            "durations": self.get("duration-profit")["buckets"], "hours of the week": times["data"],
            "weekdays": times["by_weekday"], "hours": times["by_hour"],
        }  # fmt: skip
        for dimension in ("account", "direction", "week", "month"):
            tables[dimension] = self.get("breakdown", ("by", dimension))["data"]
        sums |= {name: sum(Fraction(row["total_pnl"]) for row in rows) for name, rows in tables.items()}
        for name, value in sums.items():
            self.expect.equal(f"the sum of {name}", canonical(value), canonical(net))
