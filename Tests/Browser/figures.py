"""Every figure of the analytics, worked out anew from exported trades by DuckDB: its sums, its windows, its time zones.

The definitions are those of the user's documentation; the way there shares nothing with the server's. Money is
DECIMAL(38, 18), exact; what an amount cannot hold on the way (a price times a quantity) is a fraction of whole numbers.
"""

import math
from decimal import Decimal, getcontext
from fractions import Fraction

import duckdb

#: Else Python would round what has more than 28 digits.
getcontext().prec = 60

MONEY = "DECIMAL(38, 18)"
#: Where the buckets of durations start, in minutes.
DURATIONS = [0, 1, 5, 15, 60, 240, 1440, 4320, 10080, 43200]
POINTS_MAX = 2000
WINDOW, WINDOWS_MAX = 50, 400

TABLE = f"""
    CREATE TABLE trade (
        id VARCHAR, exchange VARCHAR, account VARCHAR, symbol VARCHAR, quote VARCHAR, direction VARCHAR, setup VARCHAR,
        manual BOOLEAN, tags VARCHAR[], opened TIMESTAMP, closed TIMESTAMP, gross {MONEY}, fees {MONEY}, net {MONEY},
        risk {MONEY}, notional {MONEY}, r DOUBLE, r_bucket INTEGER, percent_bucket INTEGER
    )
"""
#: What every row of every table has.
TALLY = """
    count(*) AS trades, count(*) FILTER (net > 0) AS wins, count(*) FILTER (net < 0) AS losses,
    count(*) FILTER (net = 0) AS breakevens, coalesce(sum(gross), 0) AS gross, coalesce(sum(fees), 0) AS fees,
    coalesce(sum(net), 0) AS net, coalesce(sum(net) FILTER (net > 0), 0) AS gross_profit,
    coalesce(sum(net) FILTER (net < 0), 0) AS gross_loss, count(r) AS r_trades, sum(r) AS total_r, avg(r) AS average_r
"""


def rounded(value, decimals=18):
    """To so many decimals, half away from zero, as an amount is."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled + 1) // 2
    return Fraction(-whole if value < 0 else whole, 10**decimals)


def decimal(value):
    """A fraction with at most 18 decimals, as what the database takes."""
    return None if value is None else Decimal(int(value * 10**18)).scaleb(-18)


def prepared(trade):
    """An exported trade as a row; None where it has no place in the figures."""
    if trade["closed"] is None or trade["net"] is None:
        return None
    entry, quantity, stop, net = (
        None if trade[key] is None else Fraction(trade[key]) for key in ("entry_price", "quantity", "stop_price", "net")
    )
    risk = notional = None
    if entry is not None and quantity is not None:
        units = quantity * Fraction(trade["multiplier"])
        # An inverse contract is worth so much of its coin.
        inverse = (trade["market_kind"] or "").startswith("inverse")
        worth = lambda price: units / price if inverse else units * price
        notional = rounded(worth(entry)) or None
        if stop is not None and (stop < entry if trade["direction"] == "long" else stop > entry):
            risk = rounded(abs(worth(entry) - worth(stop))) or None
    bucket = lambda whole, factor, low, high: (
        None if not whole else min(max(math.floor(net * factor / whole), low), high)
    )
    return [
        *(trade[key] for key in ("id", "exchange", "account", "symbol")), trade["currency"] or "",
        trade["direction"], trade["setup"], trade["fill_count"] == 0, trade["tags"],
        *(trade[key].rstrip("Z") for key in ("opened", "closed")),
        Decimal(trade["gross"]), Decimal(trade["fees"] or 0), decimal(net), decimal(risk), decimal(notional),
        float(net / risk) if risk else None, bucket(risk, 10, -100, 199), bucket(notional, 1000, -500, 500),
    ]  # fmt: skip


class Figures:
    """`Figures(trades, zone="Europe/Berlin").of("net > 0")`: the condition is SQL over the columns of the trades."""

    def __init__(self, trades, zone="UTC", start_of_day=0, start_balance=None, basis="net"):
        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute("SET TimeZone = 'UTC'")
        self.db.execute(TABLE)
        self.start = None if start_balance is None else Fraction(start_balance)
        if basis == "gross":
            trades = [trade | {"net": trade["gross"], "fees": "0"} for trade in trades]
        rows = [row for row in map(prepared, trades) if row]
        for start in range(0, len(rows), 200):
            batch = rows[start : start + 200]
            places = ", ".join(f"({', '.join('?' * len(row))})" for row in batch)
            self.db.execute(f"INSERT INTO trade VALUES {places}", [value for row in batch for value in row])
        wall = lambda name: f"({name} AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')"
        self.db.execute(f"""
            CREATE TABLE placed AS
            SELECT *, ({wall("closed")} - INTERVAL ({start_of_day}) MINUTE)::DATE AS day,
                isodow({wall("opened")}) - 1 AS weekday, hour({wall("opened")}) AS hour,
                epoch_ms(closed) - epoch_ms(opened) AS held_ms
            FROM trade
        """)
        self.of()

    def of(self, condition="true"):
        """The trades that the following questions are about."""
        self.db.execute(f"CREATE OR REPLACE TABLE chosen AS SELECT * FROM placed WHERE {condition} ORDER BY closed, id")
        return self

    # Asking

    def rows(self, query):
        found = self.db.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row)) for row in found.fetchall()]

    def row(self, query):
        return self.rows(query)[0]

    def column(self, query):
        return [row[0] for row in self.db.execute(query).fetchall()]

    # Tallies

    @staticmethod
    def with_ratios(tally):
        n, wins, losses, net = tally["trades"], tally["wins"], tally["losses"], Fraction(tally["net"])
        profit, loss = Fraction(tally["gross_profit"]), Fraction(tally["gross_loss"])
        payoff = profit / wins / (-loss / losses) if wins and losses else None
        decided = Fraction(wins, wins + losses) if wins + losses else None
        return tally | {
            "win_rate": Fraction(wins, n) if n else None,
            "win_rate_decided": decided,
            "profit_factor": profit / -loss if losses else None,
            "no_losses": losses == 0,
            "expectancy": rounded(net / n) if n else None,
            "average_win": rounded(profit / wins) if wins else None,
            "average_loss": rounded(loss / losses) if losses else None,
            "payoff_ratio": payoff,
            "kelly": decided - (1 - decided) / payoff if payoff else None,
        }

    def tally(self):
        return self.with_ratios(self.row(f"SELECT {TALLY} FROM chosen"))

    def by(self, key, source="chosen", order="key"):
        rows = self.rows(f"SELECT {key} AS key, {TALLY} FROM {source} GROUP BY key ORDER BY {order}")
        return [self.with_ratios(row) for row in rows]

    def by_name(self, key, source="chosen"):
        """By net, highest first, then by name."""
        return self.by(key, source, "net DESC, key")

    def by_tag(self):
        """A trade with several tags is in the row of each; one without any in that of null."""
        source = "(SELECT *, unnest(CASE WHEN len(tags) = 0 THEN [NULL] ELSE tags END) AS tag FROM chosen)"
        return self.by("tag", source, "net DESC, key NULLS FIRST")

    def by_setup(self):
        """Trades without one are in the row of null."""
        return self.by("setup", order="net DESC, key NULLS FIRST")

    def by_duration(self):
        cases = " ".join(f"WHEN held_ms >= {minutes * 60_000} THEN {minutes}" for minutes in reversed(DURATIONS))
        return self.by(f"CASE {cases} ELSE 0 END")

    def by_hour_of_week(self):
        rows = self.rows(f"SELECT weekday, hour, {TALLY} FROM chosen GROUP BY weekday, hour ORDER BY weekday, hour")
        return {(row["weekday"], row["hour"]): self.with_ratios(row) for row in rows}

    # Order statistics

    def nets(self):
        return [Fraction(net) for net in self.column("SELECT net FROM chosen ORDER BY net")]

    def quantile(self, share):
        """Type 7: between the two nearest, in proportion."""
        nets = self.nets()
        if not nets:
            return None
        place = (len(nets) - 1) * Fraction(share)
        low = math.floor(place)
        return rounded(nets[low] + (nets[min(low + 1, len(nets) - 1)] - nets[low]) * (place - low))

    def largest(self):
        """(largest win, largest loss)"""
        row = self.row("SELECT max(net) FILTER (net > 0) AS win, min(net) FILTER (net < 0) AS loss FROM chosen")
        return row["win"], row["loss"]

    def system_quality(self):
        row = self.row("SELECT count(r) AS n, avg(r) AS mean, stddev_samp(r) AS deviation FROM chosen")
        return math.sqrt(min(row["n"], 100)) * row["mean"] / row["deviation"] if row["deviation"] else None

    def durations_ms(self):
        return self.row("""
            SELECT avg(held_ms) AS mean, median(held_ms) AS median, avg(held_ms) FILTER (net > 0) AS mean_win,
                avg(held_ms) FILTER (net < 0) AS mean_loss FROM chosen
        """)

    def streaks(self):
        """(longest run of wins, of losses, the run that is going on): islands, by the difference of two numberings."""
        runs = self.rows("""
            WITH placed AS (
                SELECT sign(net) AS outcome, row_number() OVER (ORDER BY closed, id) AS place,
                    row_number() OVER (PARTITION BY sign(net) ORDER BY closed, id) AS among FROM chosen
            )
            SELECT outcome, count(*) AS length, max(place) AS last FROM placed GROUP BY outcome, place - among
            ORDER BY last
        """)
        longest = lambda outcome: max((run["length"] for run in runs if run["outcome"] == outcome), default=0)
        return longest(1), longest(-1), runs[-1]["length"] * int(runs[-1]["outcome"]) if runs else 0

    # Days

    def days(self):
        return self.rows(f"SELECT day, {TALLY} FROM chosen GROUP BY day ORDER BY day")

    def best_and_worst_day(self):
        """Each as (day, net), the earliest of equals."""
        best = self.rows("SELECT day, sum(net) AS net FROM chosen GROUP BY day ORDER BY net DESC, day LIMIT 1")
        worst = self.rows("SELECT day, sum(net) AS net FROM chosen GROUP BY day ORDER BY net, day LIMIT 1")
        return [(rows[0]["day"], rows[0]["net"]) if rows else None for rows in (best, worst)]

    def returns(self):
        """Sharpe and its kin over every calendar day; None without a balance, for one day, and after ruin."""
        days = self.days()
        if self.start is None or not days:
            return None
        series = self.column("""
            SELECT coalesce(net, 0) FROM (
                SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day FROM chosen
            ) LEFT JOIN (SELECT day, sum(net) AS net FROM chosen GROUP BY day) USING (day) ORDER BY day
        """)
        equity, returns = self.start, []
        for net in series:
            if equity <= 0:
                return None
            returns.append(Fraction(net) / equity)
            equity += Fraction(net)
        if len(returns) < 2:
            return None
        count = len(returns)
        mean = sum(map(float, returns)) / count
        deviation = math.sqrt(math.fsum((float(value) - mean) ** 2 for value in returns) / (count - 1))
        downside = math.sqrt(math.fsum(min(float(value), 0) ** 2 for value in returns) / count)
        year = math.sqrt(365)
        return {
            "sharpe": mean / deviation * year if deviation else None,
            "sortino": mean / downside * year if downside else None,
            "volatility": deviation * year,
            "cagr": self.growth(equity / self.start, 365 / count),
        }

    @staticmethod
    def growth(factor, power):
        """factor ** power - 1, to the last digit also where it is near zero."""
        if factor <= 0:
            return -1.0 if factor == 0 else None
        return math.expm1(power * math.log1p(float(factor - 1)))

    # Equity

    def drawdown(self):
        """(amount, fraction or None, deepest, longest); a stretch is (depth, from, to, days, recovered) or None."""
        self.db.execute("""
            CREATE OR REPLACE TABLE curve AS
            WITH summed AS (
                SELECT id, closed, day, sum(net) OVER (ORDER BY closed, id) AS equity,
                    row_number() OVER (ORDER BY closed, id) AS place
                FROM chosen
            ), peaked AS (
                SELECT *, greatest(max(equity) OVER (ORDER BY place), 0) AS peak FROM summed
            )
            -- How often equity has stood at its peak so far numbers the stretches between.
            SELECT *, count(*) FILTER (equity = peak) OVER (ORDER BY place) AS stretch FROM peaked
        """)
        if not self.column("SELECT 1 FROM curve LIMIT 1"):
            return None
        stretches = self.rows("""
            WITH under AS (
                SELECT stretch, max(peak - equity) AS depth FROM curve WHERE equity < peak GROUP BY stretch
            ), peaks AS (
                SELECT stretch, day FROM curve WHERE equity = peak
            )
            SELECT depth, coalesce(before.day, (SELECT arg_min(day, place) FROM curve)) AS peak_day,
                coalesce(after.day, (SELECT arg_max(day, place) FROM curve)) AS end_day,
                after.day IS NOT NULL AS recovered
            FROM under LEFT JOIN peaks AS before ON before.stretch = under.stretch
                LEFT JOIN peaks AS after ON after.stretch = under.stretch + 1
            ORDER BY under.stretch
        """)
        told = [
            (row["depth"], row["peak_day"], row["end_day"], (row["end_day"] - row["peak_day"]).days, row["recovered"])
            for row in stretches
        ]
        falls = [
            (Fraction(peak), Fraction(fall))
            for peak, fall in self.db.execute("SELECT peak, peak - equity FROM curve").fetchall()
        ]
        fraction = None
        if self.start is not None and self.start > 0:
            fraction = max(fall / (self.start + peak) for peak, fall in falls)
        first = lambda key: next((stretch for stretch in told if key(stretch) == max(map(key, told))), None)
        return max(fall for _, fall in falls), fraction, first(lambda s: s[0]), first(lambda s: s[3])

    def equity_points(self):
        """(moment of the close, sum) of each trade."""
        return self.rows(
            "SELECT epoch_ms(closed) AS closed_ms, day, sum(net) OVER (ORDER BY closed, id) AS sum FROM chosen"
            " ORDER BY closed, id"
        )

    def candles(self):
        """(days for each, [first day, open, high, low, close, trades])"""
        points = self.equity_points()
        first, last = min(p["day"] for p in points), max(p["day"] for p in points)
        span = math.ceil(((last - first).days + 1) / POINTS_MAX)
        candles = self.rows(f"""
            WITH point AS (
                SELECT closed, id, sum(net) OVER (ORDER BY closed, id) AS equity, net,
                    first + ((day - first) // {span} * {span})::INTEGER AS start
                FROM chosen, (SELECT min(day) AS first FROM chosen)
            ), candle AS (
                SELECT start, max(equity) AS high, min(equity) AS low, arg_max(equity, (closed, id)) AS close,
                    count(*) AS trades
                FROM point GROUP BY start
            ), opened AS (
                SELECT *, coalesce(lag(close) OVER (ORDER BY start), 0) AS open FROM candle
            )
            SELECT start, open, greatest(high, open) AS high, least(low, open) AS low, close, trades
            FROM opened ORDER BY start
        """)
        return span, candles

    # Distributions and windows

    def buckets(self, column):
        """({bucket: trades}, trades without one); the column is r_bucket or percent_bucket."""
        rows = self.db.execute(f"SELECT {column}, count(*) FROM chosen GROUP BY 1").fetchall()
        known = {bucket: count for bucket, count in rows if bucket is not None}
        return known, sum(count for bucket, count in rows if bucket is None)

    def windows(self, size=WINDOW, most=WINDOWS_MAX):
        """The trailing windows, evenly spaced, the last trade always among them: each a tally with closed_ms."""
        (count,) = self.column("SELECT count(*) FROM chosen")
        if count < size:
            return []
        step = math.ceil((count - size + 1) / most)
        rows = self.rows(f"""
            WITH placed AS (
                SELECT *, row_number() OVER (ORDER BY closed, id) AS place FROM chosen
            ), ends AS (
                SELECT {count} - unnest(range(0, {count} - {size} + 1, {step})) AS ending
            )
            SELECT ending, epoch_ms(max(closed)) AS closed_ms, {TALLY}
            FROM placed JOIN ends ON place > ending - {size} AND place <= ending GROUP BY ending ORDER BY ending
        """)
        return [self.with_ratios(row) for row in rows]
