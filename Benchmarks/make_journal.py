"""Writes a journal of closed trades as a TSV file for the analytics: `make_journal.py 1000000 journal.tsv`.

Five years of trades, however many; after them `ADDED` more, of which the first `LATE` close somewhere in the five years,
as from a late import, and the rest after everything else, one after the other. Deterministic: the same count gives
the same bytes. Tabs and newlines occur nowhere inside a value.

Money is exact in 8 decimals: a price with d decimals has a quantity with 8 - d. Net is gross - fees, and risk is
|entry - stop| x quantity where the stop is on the losing side, otherwise empty. Rows are in the order of opening.
"""

import random
import sys
from datetime import datetime, timezone

COLUMNS = [
    "id", "account", "exchange", "symbol", "side", "setup", "tags", "opened_ms", "closed_ms", "gross", "fees", "net",
    "risk", "quantity", "entry_price", "exit_price", "stop_price",
]  # fmt: skip
ADDED = 2_000
LATE = 10
DECIMALS = 8
START_MS = int(datetime(2021, 1, 1, tzinfo=timezone.utc).timestamp() * 1000)
YEARS_MS = 5 * 365 * 86_400_000
ACCOUNTS = [("main", "binance"), ("perps", "bybit"), ("spot", "kraken")]
SETUPS = ["opening-range", "breakout", "pullback", "failed-break", "news", "mean-reversion", "trend-day", "gap"]
TAGS = [
    "a-plus", "late", "revenge", "scalp", "swing", "trend", "range", "news", "followed-plan", "sized-down", "tired",
    "chased",
]  # fmt: skip
#: Price and its decimals.
SYMBOLS = {
    "BTC_USDT": (64_000, 2), "ETH_USDT": (3_100, 2), "SOL_USDT": (145, 2), "BNB_USDT": (580, 2), "LTC_USDT": (82, 2),
    "BCH_USDT": (410, 2), "AAVE_USDT": (160, 2), "MKR_USDT": (2_400, 2), "AVAX_USDT": (34, 3), "LINK_USDT": (16, 3),
    "DOT_USDT": (7, 3), "ATOM_USDT": (9, 3), "UNI_USDT": (8, 3), "NEAR_USDT": (5, 3), "APT_USDT": (9, 3),
    "INJ_USDT": (24, 3), "TIA_USDT": (6, 4), "OP_USDT": (1.9, 4), "ARB_USDT": (0.9, 4), "SUI_USDT": (1.4, 4),
    "XRP_USDT": (0.52, 4), "ADA_USDT": (0.44, 4), "MATIC_USDT": (0.7, 4), "FTM_USDT": (0.6, 4), "SEI_USDT": (0.4, 4),
    "DOGE_USDT": (0.15, 5), "TRX_USDT": (0.12, 5), "XLM_USDT": (0.11, 5), "ALGO_USDT": (0.17, 5), "HBAR_USDT": (0.08, 5),
    "GALA_USDT": (0.03, 5), "VET_USDT": (0.03, 5), "JASMY_USDT": (0.02, 6), "ANKR_USDT": (0.03, 6), "HOT_USDT": (0.002, 6),
    "SPELL_USDT": (0.0009, 7), "WIN_USDT": (0.0001, 7), "SHIB_USDT": (0.000018, 8), "PEPE_USDT": (0.000011, 8),
    "FLOKI_USDT": (0.00016, 8),
}  # fmt: skip


def written(units, decimals):
    """Whole units of 10^-decimals as decimal text, without zeros at its end."""
    digits = f"{abs(units):0{decimals + 1}d}"
    text = f"{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").rstrip(".") if decimals else digits
    return f"-{text}" if units < 0 else text


def trade(dice, opened, closed):
    symbol = dice.choices(list(SYMBOLS), range(80, 0, -2))[0]
    account, exchange = dice.choice(ACCOUNTS)
    side = dice.choice(("long", "short"))
    price, decimals = SYMBOLS[symbol]
    quantity_decimals = DECIMALS - decimals
    entry = max(20, round(price * 10**decimals * dice.uniform(0.7, 1.4)))
    quantity = max(1, round(dice.uniform(50, 4_000) * 10**DECIMALS / entry))
    move = round(entry * dice.gauss(0.0012, 0.02)) if dice.random() >= 0.02 else 0
    exit = max(1, entry + move) if side == "long" else max(1, entry - move)
    # A breakeven costs nothing; a few others are paid for trading.
    rate = 0 if exit == entry else -5 if dice.random() < 0.05 else 40
    fees = (entry + exit) * quantity * rate // 100_000
    gross = (exit - entry) * quantity * (1 if side == "long" else -1)
    stop, risk, has_stop = None, None, dice.random()
    if has_stop < 0.65:
        away = max(1, round(entry * dice.uniform(0.004, 0.03)))
        # Some stops already secure a profit: such a trade has no initial risk.
        losing = has_stop < 0.6
        stop = entry - away if (side == "long") == losing else entry + away
        risk = away * quantity if losing else None
    return [
        f"{dice.getrandbits(128):032x}", account, exchange, symbol, side,
        dice.choice(SETUPS) if dice.random() < 0.8 else "", " ".join(dice.sample(TAGS, dice.randrange(0, 4))),
        str(opened), str(closed), written(gross, DECIMALS), written(fees, DECIMALS), written(gross - fees, DECIMALS),
        "" if risk is None else written(risk, DECIMALS), written(quantity, quantity_decimals),
        written(entry, decimals), written(exit, decimals), "" if stop is None else written(stop, decimals),
    ]  # fmt: skip


def held_ms(dice):
    return min(round(dice.lognormvariate(15.5, 2.2)), 60 * 86_400_000)


def trades(count):
    dice = random.Random(20260101)
    last = closed = START_MS
    for number in range(count):
        opened = START_MS + (YEARS_MS * number + dice.randrange(YEARS_MS)) // count
        before, closed = closed, opened + held_ms(dice)
        if number % 50 == 0 and before > opened:
            closed = before  # two at one instant
        last = max(last, closed)
        yield trade(dice, opened, closed)
    for number in range(ADDED):
        if number < LATE:
            closed = START_MS + dice.randrange(YEARS_MS)
        else:
            closed = last = last + dice.randrange(1_000, 600_000)
        yield trade(dice, closed - held_ms(dice), closed)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: make_journal.py COUNT FILE")
    with open(sys.argv[2], "w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for row in trades(int(sys.argv[1])):
            file.write("\t".join(row) + "\n")


if __name__ == "__main__":
    main()
