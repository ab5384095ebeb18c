"""Writes trades as a TSV file, the same for everyone who is measured: `make_trades.py 100000 trades.tsv`.

Deterministic: the same count gives the same bytes. Tabs and newlines occur nowhere inside a value, so
a reader needs only to split. Ids are random 128-bit in hex, as those derived from an import are.
"""

import random
import sys
from datetime import datetime, timezone

COLUMNS = [
    "id", "account", "symbol", "side", "quantity", "entry_price", "exit_price", "opened_ms", "closed_ms",
    "pnl", "fee", "stop_price", "rating", "tags", "note",
]  # fmt: skip
PAIRS = {
    "BTC_USDT": 64000, "ETH_USDT": 3100, "SOL_USDT": 145, "BNB_USDT": 580, "XRP_USDT": 0.52, "ADA_USDT": 0.44,
    "DOGE_USDT": 0.15, "AVAX_USDT": 34, "LINK_USDT": 16, "DOT_USDT": 7, "LTC_USDT": 82, "ATOM_USDT": 9,
}  # fmt: skip
ACCOUNTS = ["binance-main", "bybit-perps", "kraken-spot"]
TAGS = ["breakout", "pullback", "news", "scalp", "swing", "revenge", "a-plus", "late", "trend", "range"]
WORDS = """waited for the retest of yesterday's high then took half off at first target moved stop to break even
volume was thin into the close should have held longer entry too early chased it after missing signal plan said
no trade before news funding flipped negative clean rejection from weekly level sized down because of drawdown
good patience bad exit spread widened slipped four ticks followed plan exactly next time scale in slower let
winner run cut loser quick feeling tired stop trading at noon""".split()


def trades(count):
    dice = random.Random(20240101)
    opened = int(datetime(2022, 1, 1, tzinfo=timezone.utc).timestamp() * 1000)
    symbols = list(PAIRS)
    for _ in range(count):
        symbol = dice.choice(symbols)
        side = dice.choice(("long", "short"))
        decimals = 2 if PAIRS[symbol] > 5 else 5
        entry = round(PAIRS[symbol] * (1 + dice.gauss(0, 0.15)), decimals)
        exit = round(entry * (1 + dice.gauss(0.001, 0.02)), decimals)
        stop = round(entry * (0.98 if side == "long" else 1.02), decimals)
        quantity = round(dice.uniform(50, 20_000) / entry, 5)
        pnl = (exit - entry) * quantity * (1 if side == "long" else -1)
        fee = (exit + entry) * quantity * 0.0005
        opened += dice.randrange(1_000, 2_000_000)
        closed = opened + dice.randrange(30_000, 90_000_000)
        tags = " ".join(dice.sample(TAGS, dice.randrange(0, 4)))
        note = " ".join(dice.choices(WORDS, k=dice.randrange(4, 25)))
        yield [
            f"{dice.getrandbits(128):032x}", dice.choice(ACCOUNTS), symbol, side, f"{quantity:.5f}",
            f"{entry:.{decimals}f}", f"{exit:.{decimals}f}", str(opened), str(closed), f"{pnl:.4f}", f"{fee:.4f}",
            f"{stop:.{decimals}f}", str(dice.randrange(0, 6)), tags, note,
        ]  # fmt: skip


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: make_trades.py COUNT FILE")
    with open(sys.argv[2], "w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for trade in trades(int(sys.argv[1])):
            file.write("\t".join(trade) + "\n")


if __name__ == "__main__":
    main()
