"""DuckDB, one thread, answering the views of the analytics from one table in memory. analytics.py has the protocol.

The table is kept in the order of the closes, so that running sums need no sorting: DuckDB's streaming windows run in
the order of insertion, three times as fast as with ORDER BY. A trade that closes before the last one costs a new table.
Money is DECIMAL(18, 8), which is a 64-bit number inside and sums into 128 bits: exact, and faster than any other
exact type. Days, hours, R, its bucket and the tags' bits are columns, so that no query works them out again.
"""

from decimal import Decimal

import duckdb
import pyarrow  # noqa: F401  (what results are handed over in: not to be loaded by the first query)
from analytics import (
    DURATIONS, NAMES, POINTS_MAX, QUANTILES, TAGS, WINDOW, WINDOWS_MAX, Contestant, arguments, day_number, day_text,
    money, ratio, sharpe, tag_bits,
)  # fmt: skip
from make_journal import COLUMNS, DECIMALS

MONEY = f"DECIMAL(18, {DECIMALS})"
#: ⌊10 net / risk⌋ in whole numbers.
R_BUCKET = """
    least(greatest((10 * n - ((10 * n % r) + r) % r) // r, -100), 199) FROM (
        SELECT (net::DECIMAL(28, 8) * 100000000::DECIMAL(9, 0))::HUGEINT AS n,
            (risk::DECIMAL(28, 8) * 100000000::DECIMAL(9, 0))::HUGEINT AS r)
"""


class DuckDB(Contestant):
    name = "duckdb"

    def load(self, options):
        self.db = duckdb.connect(config={"threads": 1})
        self.db.execute("SET TimeZone = 'UTC'")
        for kind, names in NAMES.items():
            listed = ", ".join(f"'{name}'" for name in names)
            self.db.execute(f"CREATE TYPE {kind} AS ENUM ({listed})")
        wall = "epoch_ms({}) AT TIME ZONE 'UTC' AT TIME ZONE '" + options.zone + "'"
        bits = " + ".join(f"(list_contains(tags, '{name}')::USMALLINT << {bit})" for bit, name in enumerate(TAGS))
        buckets = " ".join(f"WHEN held_ms >= {m * 60_000} THEN {m}" for m in reversed(DURATIONS)) + " ELSE 0"
        types = {
            "opened_ms": "BIGINT",
            "closed_ms": "BIGINT",
            "gross": MONEY,
            "fees": MONEY,
            "net": MONEY,
            "risk": MONEY,
        }
        read = ", ".join(f"'{name}': '{types.get(name, 'VARCHAR')}'" for name in COLUMNS)
        self.db.execute(f"""
            CREATE TABLE trade AS
            WITH read AS (
                SELECT * REPLACE (coalesce(setup, '') AS setup, string_split(coalesce(tags, ''), ' ') AS tags),
                    closed_ms - opened_ms AS held_ms
                FROM read_csv('{options.trades}', delim = '\t', header = true, quote = '', columns = {{{read}}})
                LIMIT {options.count}
            )
            SELECT id, account::account AS account, symbol::symbol AS symbol, side::side AS side, setup::setup AS setup,
                ({bits})::USMALLINT AS tags, closed_ms, held_ms,
                (({wall.format("closed_ms")})::DATE - DATE '1970-01-01')::INTEGER AS day,
                ((isodow({wall.format("opened_ms")}) - 1) * 24 + hour({wall.format("opened_ms")}))::UTINYINT AS slot,
                (CASE {buckets} END)::INTEGER AS duration,
                gross, fees, net, net::DOUBLE / risk::DOUBLE AS r,
                CASE WHEN risk IS NOT NULL THEN (SELECT {R_BUCKET}) END::SMALLINT AS r_bucket
            FROM read ORDER BY closed_ms, id
        """)
        self.fields = [row[0] for row in self.db.execute("DESCRIBE trade").fetchall()]
        self.last = self.last_key()
        return self.one("SELECT count(*) FROM trade")[0]

    def last_key(self):
        return self.one("SELECT closed_ms, id FROM trade WHERE rowid = (SELECT max(rowid) FROM trade)")

    def add(self, row):
        key = (row["closed_ms"], row["id"])
        values = [
            Decimal(row[name]).scaleb(-DECIMALS) if name in ("gross", "fees", "net") else row[name]
            for name in self.fields
        ]
        self.db.execute(f"INSERT INTO trade VALUES ({', '.join('?' * len(values))})", values)
        if self.last and key < self.last:
            self.db.execute("CREATE OR REPLACE TABLE trade AS SELECT * FROM trade ORDER BY closed_ms, id")
        else:
            self.last = key

    # Queries

    def one(self, query):
        return self.db.execute(query).fetchall()[0]

    def table(self, query):
        return self.db.sql(query).to_arrow_table()

    @staticmethod
    def where(filter):
        conditions = []
        for key, kind in (("accounts", "account"), ("symbols", "symbol"), ("sides", "side"), ("setups", "setup")):
            if filter.get(key):
                listed = ", ".join(f"'{name}'::{kind}" for name in filter[key])
                conditions.append(f"{kind} IN ({listed})")
        if filter.get("tags"):
            conditions.append(f"tags & {tag_bits(filter['tags'])} <> 0")
        if filter.get("from"):
            conditions.append(f"day >= {day_number(filter['from'])}")
        if filter.get("to"):
            conditions.append(f"day <= {day_number(filter['to'])}")
        return " AND ".join(conditions) or "true"

    def overview(self, filter):
        where = self.where(filter)
        # By outcome first: faster than a condition for each sum.
        sums = self.db.execute(f"""
            SELECT sign(net) AS outcome, count(*), sum(gross), sum(fees), sum(net), max(net), min(net), count(r), sum(r)
            FROM trade WHERE {where} GROUP BY outcome
        """).fetchall()
        middle = self.one(f"""
            SELECT avg(held_ms), median(held_ms), quantile_cont(net, {QUANTILES}) FROM trade WHERE {where}
        """)
        (drawdown,) = self.one(f"""
            SELECT max(greatest(peak, 0) - equity) FROM (
                SELECT equity, max(equity) OVER (ROWS UNBOUNDED PRECEDING) AS peak FROM (
                    SELECT sum(net) OVER (ROWS UNBOUNDED PRECEDING) AS equity FROM trade WHERE {where}))
        """)
        runs = self.one(f"""
            WITH step AS (
                SELECT sign(net) AS outcome, row_number() OVER () AS place,
                    (sign(net) <> lag(sign(net)) OVER ())::INTEGER AS is_new
                FROM trade WHERE {where}
            ), numbered AS (
                SELECT outcome, place, sum(is_new) OVER (ROWS UNBOUNDED PRECEDING) AS run FROM step
            ), run AS (
                SELECT outcome, count(*) AS length, max(place) AS last FROM numbered GROUP BY run, outcome
            )
            SELECT max(length) FILTER (outcome = 1), max(length) FILTER (outcome = -1), arg_max(outcome * length, last)
            FROM run
        """)
        days = self.one(f"""
            WITH day AS (
                SELECT day, sum(net) AS net FROM trade WHERE {where} GROUP BY day
            ), start AS (
                SELECT day, net, {Decimal(self.start).scaleb(-DECIMALS)} + sum(net) OVER (ORDER BY day) - net AS start
                FROM day
            )
            SELECT min(day), max(day), min(start),
                sum(net::DOUBLE / start::DOUBLE), sum((net::DOUBLE / start::DOUBLE) ** 2),
                arg_max(day, (net, -day)), max(net), arg_min(day, (net, day)), min(net)
            FROM start
        """)
        return sums, middle, drawdown, runs, days

    def overview_result(self, found):
        sums, (mean, median, quantiles), drawdown, (best, worst, current), days = found
        first, last, lowest, of_returns, of_squares, best_day, best_net, worst_day, worst_net = days
        nothing = (0, Decimal(0), Decimal(0), Decimal(0), None, None, 0, None)
        by_outcome = {outcome: row for outcome, *row in sums}
        won, lost, even = (by_outcome.get(outcome, nothing) for outcome in (1, -1, 0))
        count, gross, fees, net = (sum(row[place] for row in (won, lost, even)) for place in range(4))
        wins, losses, profit, loss, most, least = won[0], lost[0], won[3], lost[3], won[4], lost[5]
        with_r = won[6] + lost[6] + even[6]
        r = sum(row[7] or 0 for row in (won, lost, even)) / with_r if with_r else None
        return {
            "trades": count, "wins": wins, "losses": losses, "breakevens": count - wins - losses,
            "gross": money(gross), "fees": money(fees), "net": money(net),
            "gross_profit": money(profit), "gross_loss": money(loss),
            "win_rate": ratio(wins, count), "profit_factor": ratio(profit, -loss),
            "expectancy": ratio(net, count), "r_trades": with_r, "average_r": r,
            "largest_win": money(most) if wins else None, "largest_loss": money(least) if losses else None,
            "quantiles": None if quantiles is None else [float(value) for value in quantiles],
            "streaks": [best or 0, worst or 0, int(current or 0)], "drawdown": money(drawdown),
            "held_mean_ms": mean, "held_median_ms": median,
            "best_day": [day_text(best_day), money(best_net)] if count else None,
            "worst_day": [day_text(worst_day), money(worst_net)] if count else None,
            "sharpe": sharpe(first, last, of_returns, of_squares) if count and lowest > 0 else None,
        }  # fmt: skip

    def equity_curve(self, filter):
        where = self.where(filter)
        count, first, last = self.one(f"SELECT count(*), min(day), max(day) FROM trade WHERE {where}")
        if count <= POINTS_MAX:
            return None, self.table(
                f"SELECT closed_ms, sum(net) OVER (ROWS UNBOUNDED PRECEDING) AS equity FROM trade WHERE {where}"
            )
        span = (last - first + POINTS_MAX) // POINTS_MAX
        return span, self.table(f"""
            WITH point AS (
                SELECT {first} + (day - {first}) // {span} * {span} AS day, net,
                    sum(net) OVER (ROWS UNBOUNDED PRECEDING) AS equity
                FROM trade WHERE {where}
            ), candle AS (
                SELECT day, sum(net) AS net, max(equity) AS high, min(equity) AS low, count(*) AS trades
                FROM point GROUP BY day
            ), closed AS (
                SELECT *, sum(net) OVER (ORDER BY day) AS close FROM candle
            )
            SELECT day, close - net AS open, greatest(high, close - net) AS high, least(low, close - net) AS low,
                close, trades
            FROM closed ORDER BY day
        """)

    @staticmethod
    def equity_curve_result(found):
        span, table = found
        rows = zip(*(column.to_pylist() for column in table.columns))
        if span is None:
            return {"points": [[at, money(equity)] for at, equity in rows]}
        candles = [[day_text(day), *map(money, figures), trades] for day, *figures, trades in rows]
        return {"days_per_candle": span, "candles": candles}

    def daily_pnl(self, filter):
        return self.table(f"""
            SELECT day, count(*), countif(net > 0)::BIGINT, countif(net < 0)::BIGINT, sum(net), count(r), avg(r)
            FROM trade WHERE {self.where(filter)} GROUP BY day ORDER BY day
        """)

    @staticmethod
    def daily_pnl_result(table):
        rows = rows_of(table)
        return {"rows": [[day_text(day), n, w, l, money(net), with_r, r] for day, n, w, l, net, with_r, r in rows]}

    def symbol_breakdown(self, filter):
        return self.table(f"""
            SELECT symbol::VARCHAR AS symbol, count(*), countif(net > 0)::BIGINT, countif(net < 0)::BIGINT,
                sum(gross), sum(fees), sum(net) AS net, count(r), avg(r)
            FROM trade WHERE {self.where(filter)} GROUP BY trade.symbol ORDER BY net DESC, symbol
        """)

    @staticmethod
    def symbol_breakdown_result(table):
        return {
            "rows": [
                [name, n, w, l, *map(money, sums), with_r, r] for name, n, w, l, *sums, with_r, r in rows_of(table)
            ]
        }

    def setup_breakdown(self, filter):
        return self.table(f"""
            SELECT setup::VARCHAR AS setup, count(*), countif(net > 0)::BIGINT, countif(net < 0)::BIGINT,
                sum(net) AS net, count(r), avg(r)
            FROM trade WHERE {self.where(filter)} GROUP BY trade.setup ORDER BY net DESC, setup
        """)

    @staticmethod
    def setup_breakdown_result(table):
        return {
            "rows": [
                [name, n, w, l, money(net), with_r, r, ratio(net, n)]
                for name, n, w, l, net, with_r, r in rows_of(table)
            ]
        }

    def duration_profit(self, filter):
        return self.table(f"""
            SELECT duration, count(*), countif(net > 0)::BIGINT, countif(net < 0)::BIGINT, sum(net), avg(r)
            FROM trade WHERE {self.where(filter)} GROUP BY duration ORDER BY duration
        """)

    @staticmethod
    def duration_profit_result(table):
        return {"rows": [[bucket, n, w, l, money(net), r] for bucket, n, w, l, net, r in rows_of(table)]}

    def return_distribution(self, filter):
        return self.table(
            f"SELECT r_bucket, count(*) FROM trade WHERE {self.where(filter)} GROUP BY r_bucket ORDER BY r_bucket"
        )

    @staticmethod
    def return_distribution_result(table):
        rows = rows_of(table)
        return {
            "buckets": [list(row) for row in rows if row[0] is not None],
            "unknown": sum(count for bucket, count in rows if bucket is None),
        }

    def time_distribution(self, filter):
        return self.table(f"""
            SELECT slot, count(*), countif(net > 0)::BIGINT, countif(net < 0)::BIGINT, sum(net)
            FROM trade WHERE {self.where(filter)} GROUP BY slot ORDER BY slot
        """)

    @staticmethod
    def time_distribution_result(table):
        return {"rows": [[slot // 24, slot % 24, n, w, l, money(net)] for slot, n, w, l, net in rows_of(table)]}

    def rolling(self, filter):
        where = self.where(filter)
        (count,) = self.one(f"SELECT count(*) FROM trade WHERE {where}")
        if count < WINDOW:
            return None
        step = (count - WINDOW + WINDOWS_MAX) // WINDOWS_MAX
        first = WINDOW + (count - WINDOW) % step
        # Only what lies in a window is kept; where windows overlap there are few trades.
        return self.table(f"""
            WITH place AS (
                SELECT row_number() OVER () AS place, closed_ms, net FROM trade WHERE {where}
            ), kept AS (
                SELECT * FROM place
                WHERE (place - {first} + {WINDOW - 1}) % {step} < {WINDOW} AND place > {first - WINDOW}
            )
            SELECT max(closed_ms), sum(net), countif(net > 0)::BIGINT,
                sum(net) FILTER (net > 0), sum(net) FILTER (net < 0)
            FROM kept JOIN range({first}, {count + 1}, {step}) AS ends(ending)
                ON place > ending - {WINDOW} AND place <= ending
            GROUP BY ending ORDER BY ending
        """)

    @staticmethod
    def rolling_result(table):
        rows = [] if table is None else rows_of(table)
        return {
            "rows": [
                [at, money(net), wins, ratio(profit or Decimal(0), -loss) if loss else None]
                for at, net, wins, profit, loss in rows
            ]
        }


def rows_of(table):
    return list(zip(*(column.to_pylist() for column in table.columns)))


if __name__ == "__main__":
    options = arguments(__doc__)
    DuckDB(options).run(options)
