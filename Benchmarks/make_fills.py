"""Writes fills as Binance's spot trade export lays them out: `make_fills.py 1000000 fills.csv`.

Deterministic: the same count gives the same bytes. Columns `Date(UTC),Pair,Side,Price,Executed,Amount,Fee`, the
oldest first, UTC to the second, amounts with their currency attached. 20 pairs; each position is built by one to
four orders and sold back to exactly zero; an order fills in one to four parts within the same second.
The last position of each pair may still be open where the count ends.
"""

import heapq
import random
import sys
from datetime import datetime, timedelta, timezone

HEADER = "Date(UTC),Pair,Side,Price,Executed,Amount,Fee"
BASES = {
    "BTC": 64000, "ETH": 3100, "SOL": 145, "BNB": 580, "XRP": 0.52, "ADA": 0.44, "DOGE": 0.15, "AVAX": 34, "LINK": 16,
    "DOT": 7, "LTC": 82, "ATOM": 9, "NEAR": 6, "UNI": 8, "AAVE": 95, "FIL": 5, "ARB": 1.1, "OP": 2.2, "INJ": 24, "APT": 9,
}  # fmt: skip
QUOTE = "USDT"
STEP = 10**5  # quantities are whole multiples of 0.00001


def round_trip(dice):
    """Signed order sizes in steps: bought in one to four orders, sold in one to three, ending at zero."""
    bought = [dice.randrange(1, 500_000) for _ in range(dice.randrange(1, 5))]
    left = sum(bought)
    sold = []
    for _ in range(dice.randrange(0, 3)):
        part = dice.randrange(0, left // 2 + 1)
        if part:
            sold.append(-part)
            left -= part
    return bought + sold + [-left]


def parts(size, dice):
    """One order's fills: the same sign, adding up to the order."""
    sign, left = (1 if size > 0 else -1), abs(size)
    for _ in range(dice.choice((0, 0, 0, 1, 2, 3))):
        if left < 2:
            break
        part = dice.randrange(1, left)
        yield sign * part
        left -= part
    yield sign * left


def orders(base, dice, start):
    """Endless (time, base, fills) of one pair, each fill (signed steps, price)."""
    at, price = start, float(BASES[base])
    while True:
        for size in round_trip(dice):
            at += timedelta(seconds=dice.randrange(1, 3_000))
            price = max(BASES[base] / 20, price * (1 + dice.gauss(0, 0.002)))
            yield at, base, [(part, price * (1 + dice.gauss(0, 0.00005))) for part in parts(size, dice)]


def lines(count):
    dice = random.Random(20240102)
    start = datetime(2021, 1, 1, tzinfo=timezone.utc)
    streams = [orders(base, random.Random(dice.getrandbits(64)), start) for base in BASES]
    for at, base, fills in heapq.merge(*streams, key=lambda order: order[0]):
        decimals = 2 if BASES[base] > 20 else 4
        day = at.strftime("%Y-%m-%d %H:%M:%S")
        for size, price in fills:
            side = "BUY" if size > 0 else "SELL"
            ticks = round(price * 10**decimals)
            amount = ticks * abs(size)  # exact, in 10^-(decimals + 5)
            whole, rest = divmod(amount, STEP * 10**decimals)
            fee = amount // 10**decimals  # a thousandth, in 10^-8
            yield (
                f"{day},{base}{QUOTE},{side},{ticks / 10**decimals:.{decimals}f},{abs(size) / STEP:.5f}{base},"
                f"{whole}.{rest:0{decimals + 5}d}{QUOTE},{fee // 10**8}.{fee % 10**8:08d}{QUOTE}"
            )
            count -= 1
            if count == 0:
                return


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: make_fills.py COUNT FILE")
    with open(sys.argv[2], "w", encoding="utf-8", newline="\n") as file:
        file.write(HEADER + "\n")
        for line in lines(int(sys.argv[1])):
            file.write(line + "\n")


if __name__ == "__main__":
    main()
