"""polars, one thread, answering the views of the analytics from a frame in memory. analytics.py has the protocol.

The frame is kept in the order of the closes, so that running sums need no sorting; a trade that closes before the
last one is put in its place. Money is whole units of 10^-8 in 64 bits, exact and faster than polars' decimals (92 billion
fit, and a check at loading that no sum comes near). Days, hours, R, its bucket and the tags' bits are columns, so that
no query works them out again.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "1"

import polars as pl  # noqa: E402
from analytics import (  # noqa: E402
    DURATIONS, NAMES, POINTS_MAX, QUANTILES, TAGS, UNIT, WINDOW, WINDOWS_MAX, Contestant, arguments, day_number, day_text,
    money, ratio, sharpe, tag_bits,
)  # fmt: skip
from make_journal import DECIMALS  # noqa: E402

ENUMS = {kind: pl.Enum(names) for kind, names in NAMES.items()}
NET = pl.col("net")
COUNTS = [pl.len().alias("trades"), (NET > 0).sum().alias("wins"), (NET < 0).sum().alias("losses")]
RS = [pl.col("r").count().alias("r_trades"), pl.col("r").mean().alias("average_r")]
#: Ten times what may be summed in 64 bits is never reached by a journal, but a sum that wraps would be silent.
SUM_MAX = 2**63 // 10


class Polars(Contestant):
    name = "polars"

    def load(self, options):
        scaled = lambda name: (
            pl.col(name).cast(pl.Decimal(18, DECIMALS)).cast(pl.Decimal(38, DECIMALS)).mul(UNIT).cast(pl.Int64)
        )
        wall = lambda name: (
            pl.from_epoch(name, time_unit="ms").dt.replace_time_zone("UTC").dt.convert_time_zone(options.zone)
        )
        bits = pl.sum_horizontal(
            pl.col("tags").list.contains(name).cast(pl.UInt16) * (1 << bit) for bit, name in enumerate(TAGS)
        )
        duration = pl.lit(0)
        for minutes in DURATIONS:
            duration = pl.when(pl.col("held_ms") >= minutes * 60_000).then(minutes).otherwise(duration)
        text = pl.read_csv(
            options.trades, separator="\t", infer_schema=False, n_rows=options.count, quote_char=None
        ).with_columns(
            pl.col("setup", "tags").fill_null(""), pl.col("opened_ms", "closed_ms").cast(pl.Int64),
            *(scaled(name).alias(name) for name in ("gross", "fees", "net", "risk")),
        )  # fmt: skip
        self.frame = text.with_columns(
            pl.col("tags").str.split(" "), held_ms=pl.col("closed_ms") - pl.col("opened_ms")
        ).select(
            "id", *(pl.col(kind).cast(enum) for kind, enum in ENUMS.items()), bits.cast(pl.UInt16).alias("tags"),
            "closed_ms", "held_ms",
            (wall("closed_ms").dt.date() - pl.date(1970, 1, 1)).dt.total_days().cast(pl.Int32).alias("day"),
            ((wall("opened_ms").dt.weekday().cast(pl.Int16) - 1) * 24 + wall("opened_ms").dt.hour()).cast(pl.UInt8).alias("slot"),
            duration.cast(pl.Int32).alias("duration"), "gross", "fees", "net",
            (NET / pl.col("risk")).alias("r"),
            (10 * NET // pl.col("risk")).clip(-100, 199).cast(pl.Int16).alias("r_bucket"),
        ).sort("closed_ms", "id")  # fmt: skip
        if (
            self.frame.select(pl.col("gross", "fees", "net").abs().cast(pl.Float64).sum()).max_horizontal().item()
            > SUM_MAX
        ):
            raise RuntimeError("the sums do not fit into 64 bits")
        self.keep()
        return self.frame.height

    def keep(self):
        """What is in order is told so: grouping by day is faster then."""
        if self.frame["day"].is_sorted():
            self.frame = self.frame.with_columns(pl.col("day").set_sorted())

    def add(self, row):
        new = pl.DataFrame([row], schema=self.frame.schema)
        closed, id = self.frame.select("closed_ms", "id").row(-1) if self.frame.height else (-1, "")
        if (row["closed_ms"], row["id"]) > (closed, id):
            self.frame.extend(new)
        else:
            self.frame = pl.concat([self.frame, new]).sort("closed_ms", "id")
        self.keep()

    # Queries

    def where(self, filter):
        conditions = []
        for key, kind in (("accounts", "account"), ("symbols", "symbol"), ("sides", "side"), ("setups", "setup")):
            if filter.get(key):
                conditions.append(pl.col(kind).is_in(pl.Series(filter[key], dtype=ENUMS[kind]).implode()))
        if filter.get("tags"):
            conditions.append(pl.col("tags") & tag_bits(filter["tags"]) != 0)
        if filter.get("from"):
            conditions.append(pl.col("day") >= day_number(filter["from"]))
        if filter.get("to"):
            conditions.append(pl.col("day") <= day_number(filter["to"]))
        return conditions

    def chosen(self, filter, *columns):
        conditions = self.where(filter)
        if not conditions:
            return self.frame.select(columns)
        return self.frame.lazy().filter(conditions).select(columns).collect()

    def grouped(self, filter, key, *figures):
        """By what the frame is not ordered by: the streaming engine is faster at that."""
        frame = self.frame.lazy()
        if conditions := self.where(filter):
            frame = frame.filter(conditions)
        return frame.group_by(key).agg(*figures).collect(engine="streaming")

    def overview(self, filter):
        trades = self.chosen(filter, "gross", "fees", "net", "r", "held_ms", "day")
        if not trades.height:
            return None
        sums = trades.select(
            *COUNTS, *RS, pl.col("gross", "fees").sum(), NET.sum(), NET.filter(NET > 0).sum().alias("profit"),
            NET.filter(NET < 0).sum().alias("loss"), NET.max().alias("most"), NET.min().alias("least"),
            pl.col("held_ms").mean().alias("held_mean"), pl.col("held_ms").median().alias("held_median"),
        ).row(0, named=True)  # fmt: skip
        # Measured: five selections are faster than a sort in the whole frame, and slower in a part of it.
        ordered = trades["net"].sort() if filter else trades["net"]
        quantiles = [ordered.quantile(share, "linear") for share in QUANTILES]
        equity = trades["net"].cum_sum()
        drawdown = (equity.cum_max().clip(0) - equity).max()
        runs = trades["net"].sign().rle().struct.unnest()
        longest = runs.group_by("value").agg(pl.col("len").max())
        last = runs.row(-1, named=True)
        days = trades.group_by("day").agg(NET.sum()).sort("day")
        starts = days["net"].cum_sum() - days["net"] + self.start
        returns = days["net"] / starts
        best, worst = days.row(days["net"].arg_max()), days.row(days["net"].arg_min())
        return {
            **sums, "quantiles": quantiles, "drawdown": drawdown, "longest": dict(longest.select("value", "len").rows()),
            "current": int(last["len"] * last["value"]), "best": best, "worst": worst, "lowest": starts.min(),
            "sharpe": (days["day"][0], days["day"][-1], returns.sum(), (returns**2).sum()),
        }  # fmt: skip

    @staticmethod
    def overview_result(found):
        if found is None:
            nothing = dict.fromkeys((
                "win_rate", "profit_factor", "expectancy", "average_r", "largest_win", "largest_loss", "quantiles",
                "drawdown", "held_mean_ms", "held_median_ms", "best_day", "worst_day", "sharpe",
            ))  # fmt: skip
            sums = dict.fromkeys(("gross", "fees", "net", "gross_profit", "gross_loss"), "0")
            counts = dict.fromkeys(("trades", "wins", "losses", "breakevens", "r_trades"), 0)
            return {**counts, **sums, **nothing, "streaks": [0, 0, 0]}
        count, wins, losses, net, loss = (found[key] for key in ("trades", "wins", "losses", "net", "loss"))
        day = lambda row: [day_text(row[0]), money(row[1])]
        return {
            "trades": count, "wins": wins, "losses": losses, "breakevens": count - wins - losses,
            "gross": money(found["gross"]), "fees": money(found["fees"]), "net": money(net),
            "gross_profit": money(found["profit"]), "gross_loss": money(loss),
            "win_rate": ratio(wins, count), "profit_factor": ratio(found["profit"], -loss),
            "expectancy": net / UNIT / count, "r_trades": found["r_trades"], "average_r": found["average_r"],
            "largest_win": money(found["most"]) if wins else None, "largest_loss": money(found["least"]) if losses else None,
            "quantiles": [value / UNIT for value in found["quantiles"]],
            "streaks": [found["longest"].get(1, 0), found["longest"].get(-1, 0), found["current"]],
            "drawdown": money(found["drawdown"]),
            "held_mean_ms": found["held_mean"], "held_median_ms": found["held_median"],
            "best_day": day(found["best"]), "worst_day": day(found["worst"]),
            "sharpe": sharpe(*found["sharpe"]) if found["lowest"] > 0 else None,
        }  # fmt: skip

    def equity_curve(self, filter):
        trades = self.chosen(filter, "closed_ms", "day", "net")
        if trades.height <= POINTS_MAX:
            return None, trades.select("closed_ms", NET.cum_sum())
        first, last = trades["day"].min(), trades["day"].max()
        span = (last - first + POINTS_MAX) // POINTS_MAX
        if span > 1:
            trades = trades.with_columns((first + (pl.col("day") - first) // span * span).alias("day"))
        candles = (
            trades.select("day", NET.cum_sum().alias("close"))
            .group_by("day", maintain_order=True)
            .agg(
                pl.col("close").max().alias("high"),
                pl.col("close").min().alias("low"),
                pl.col("close").last(),
                pl.len(),
            )
            .with_columns(open=pl.col("close").shift(1, fill_value=0))
        )
        return span, candles.select(
            "day",
            "open",
            pl.max_horizontal("high", "open"),
            pl.min_horizontal("low", "open").alias("low"),
            "close",
            "len",
        )

    @staticmethod
    def equity_curve_result(found):
        span, frame = found
        if span is None:
            return {"points": [[at, money(equity)] for at, equity in frame.iter_rows()]}
        candles = [[day_text(day), *map(money, figures), trades] for day, *figures, trades in frame.iter_rows()]
        return {"days_per_candle": span, "candles": candles}

    def daily_pnl(self, filter):
        return self.chosen(filter, "day", "net", "r").group_by("day").agg(*COUNTS, NET.sum(), *RS).sort("day")

    @staticmethod
    def daily_pnl_result(frame):
        rows = frame.iter_rows()
        return {"rows": [[day_text(day), n, w, l, money(net), with_r, r] for day, n, w, l, net, with_r, r in rows]}

    def symbol_breakdown(self, filter):
        rows = self.grouped(filter, "symbol", *COUNTS, pl.col("gross", "fees").sum(), NET.sum(), *RS)
        return rows.with_columns(pl.col("symbol").cast(pl.String)).sort("net", "symbol", descending=[True, False])

    @staticmethod
    def symbol_breakdown_result(frame):
        rows = frame.iter_rows()
        return {"rows": [[name, n, w, l, *map(money, sums), with_r, r] for name, n, w, l, *sums, with_r, r in rows]}

    def setup_breakdown(self, filter):
        rows = self.grouped(filter, "setup", *COUNTS, NET.sum(), *RS)
        return rows.with_columns(pl.col("setup").cast(pl.String)).sort("net", "setup", descending=[True, False])

    @staticmethod
    def setup_breakdown_result(frame):
        rows = frame.iter_rows()
        return {
            "rows": [[name, n, w, l, money(net), with_r, r, net / UNIT / n] for name, n, w, l, net, with_r, r in rows]
        }

    def duration_profit(self, filter):
        return self.grouped(filter, "duration", *COUNTS, NET.sum(), pl.col("r").mean()).sort("duration")

    @staticmethod
    def duration_profit_result(frame):
        return {"rows": [[bucket, n, w, l, money(net), r] for bucket, n, w, l, net, r in frame.iter_rows()]}

    def return_distribution(self, filter):
        return self.grouped(filter, "r_bucket", pl.len()).sort("r_bucket")

    @staticmethod
    def return_distribution_result(frame):
        rows = frame.rows()
        return {
            "buckets": [list(row) for row in rows if row[0] is not None],
            "unknown": sum(count for bucket, count in rows if bucket is None),
        }

    def time_distribution(self, filter):
        return self.grouped(filter, "slot", *COUNTS, NET.sum()).sort("slot")

    @staticmethod
    def time_distribution_result(frame):
        return {"rows": [[slot // 24, slot % 24, n, w, l, money(net)] for slot, n, w, l, net in frame.iter_rows()]}

    def rolling(self, filter):
        trades = self.chosen(filter, "closed_ms", "net")
        count = trades.height
        if count < WINDOW:
            return None
        step = (count - WINDOW + WINDOWS_MAX) // WINDOWS_MAX
        first = WINDOW + (count - WINDOW) % step
        ends = pl.select(pl.int_range(first, count + 1, step).alias("end"))
        places = ends.select("end", (pl.col("end") - WINDOW + pl.int_ranges(0, WINDOW)).alias("place")).explode("place")
        inside = trades[places["place"]].with_columns(places["end"])
        return inside.group_by("end", maintain_order=True).agg(
            pl.col("closed_ms").last(), NET.sum(), (NET > 0).sum().alias("wins"),
            NET.filter(NET > 0).sum().alias("profit"), NET.filter(NET < 0).sum().alias("loss"),
        )  # fmt: skip

    @staticmethod
    def rolling_result(frame):
        rows = () if frame is None else frame.iter_rows()
        return {"rows": [[at, money(net), wins, ratio(profit, -loss)] for _, at, net, wins, profit, loss in rows]}


if __name__ == "__main__":
    options = arguments(__doc__)
    Polars(options).run(options)
