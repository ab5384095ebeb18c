"""Yjs (by pycrdt) merging one replica's single-field edits into another that made conflicting ones, in memory.

`fields` is the journal's shape: a map of trades, each a map of fields, one field of each trade edited on both
sides. `flat` is Yjs at its best: one map, one key for each trade. Nothing is stored, and of two conflicting
values Yjs keeps one: Daybook does more work for the same edits.
"""

import argparse
import time

from pycrdt import Doc, Map
from support import emit, memory_bytes

BATCH = 1_000


def batches(count):
    for start in range(0, count, BATCH):
        yield range(start, min(count, start + BATCH))


def fields_base(keys):
    doc = Doc()
    trades = doc.get("trades", type=Map)
    for batch in batches(len(keys)):
        with doc.transaction():
            for index in batch:
                trades[keys[index]] = Map({"symbol": "BTC_USDT", "side": "long", "note": "waited for the retest"})
    return doc


def flat_base(keys):
    doc = Doc()
    trades = doc.get("trades", type=Map)
    for batch in batches(len(keys)):
        with doc.transaction():
            for index in batch:
                trades[keys[index]] = "waited for the retest"
    return doc


def value(shape, trades, key):
    return trades[key]["note"] if shape == "fields" else trades[key]


def edit(shape, doc, keys, who):
    trades = doc.get("trades", type=Map)
    for batch in batches(len(keys)):
        with doc.transaction():
            for index in batch:
                if shape == "fields":
                    trades[keys[index]]["note"] = f"{who} {index}"
                else:
                    trades[keys[index]] = f"{who} {index}"


def measure(run, shape, count):
    keys = [f"{index * 0x9E3779B97F4A7C15 % 2**64:016x}" for index in range(count)]
    left = fields_base(keys) if shape == "fields" else flat_base(keys)
    right = Doc()
    right.apply_update(left.get_update())
    edit(shape, left, keys, "left")
    edit(shape, right, keys, "right")

    start = time.perf_counter()
    update = right.get_update(left.get_state())
    encoded = time.perf_counter()
    left.apply_update(update)
    merged = time.perf_counter()

    right.apply_update(left.get_update(right.get_state()))
    ours, theirs = left.get("trades", type=Map), right.get("trades", type=Map)
    sample = range(0, count, max(1, count // 1_000))
    for index in sample:
        if value(shape, ours, keys[index]) != value(shape, theirs, keys[index]):
            raise RuntimeError(f"the replicas differ at {index}")
        if value(shape, ours, keys[index]) not in (f"left {index}", f"right {index}"):
            raise RuntimeError(f"an edit is missing at {index}")
    emit(
        peer="pycrdt", run=run, step=f"merge_{shape}", edits=count, wall_s=merged - encoded, encode_s=encoded - start,
        wire_bytes=len(update), wire_bytes_per_edit=len(update) / count, memory_bytes=memory_bytes("self"),
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    for run in range(1, options.runs + 1):
        for shape in ("fields", "flat"):
            measure(run, shape, options.edits)


if __name__ == "__main__":
    main()
