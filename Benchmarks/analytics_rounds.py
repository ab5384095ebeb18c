"""Asks several programs for the same views of the same journal, in turn, and compares every answer.

`peers/analytics.py` says how they are asked. All hold the journal at once and only one works at a time, so that loading a
million trades is paid once, and a slow minute of the machine hits all.
"""

import json
import math
import subprocess
import sys
from decimal import Decimal, InvalidOperation

from make_journal import LATE

VIEWS = [
    "overview", "equity-curve", "daily-pnl", "symbol-breakdown", "setup-breakdown", "duration-profit",
    "return-distribution", "time-distribution", "rolling",
]  # fmt: skip
FILTERS = {
    "one symbol": {"symbols": ["ETH_USDT"]},
    "one side": {"sides": ["short"]},
    "two tags": {"tags": ["scalp", "news"]},
    "two setups": {"setups": ["breakout", ""]},
    "one account": {"accounts": ["perps"]},
    "a year": {"from": "2023-03-01", "to": "2024-02-29"},
    "side, tag and year": {"sides": ["long"], "tags": ["a-plus"], "from": "2024-01-01", "to": "2024-12-31"},
    "everything at once": {
        "symbols": ["BTC_USDT", "SOL_USDT", "PEPE_USDT"], "sides": ["long"], "tags": ["a-plus", "swing"],
        "setups": ["breakout", "gap", "news"], "accounts": ["main", "spot"], "from": "2022-01-01",
    },
}  # fmt: skip
#: Admits no trade: asked once, never timed.
NOTHING = {"symbols": ["FLOKI_USDT"], "sides": ["long"], "setups": ["gap"], "from": "2031-01-01"}
RELATIVE = 1e-9
#: A quantile may be told in the money's own 8 decimals.
QUANTILE_WITHIN = 2e-8


class Contestant:
    """One program that has the journal in its hands."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def said(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.said()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Rounds:
    """`lines` are measured steps as the other parts print them; `failures` tell where the answers differ."""

    def __init__(self, commands, trades, count, label):
        self.label = label
        self.lines, self.failures = [], []
        with open(trades, encoding="utf-8") as file:
            rows = file.read().splitlines()[1:]
        self.late, self.added = rows[count : count + LATE], iter(rows[count + LATE :])
        self.contestants = []
        for name, command in commands.items():
            contestant = Contestant(name, command)
            self.contestants.append(contestant)
            ready = contestant.said()
            self.line(name, "loaded", load_s=ready["load_s"], memory_bytes=ready["memory_bytes"])

    def line(self, name, step, **figures):
        self.lines.append(json.dumps({"peer": name, "step": f"analytics_{self.label}_{step}", **figures}))

    def run(self, rounds, filters=FILTERS):
        try:
            for row in self.late:
                self.each(add=row)
            # Everything is compared before anything is timed; that also warms everyone up.
            for filter in ({}, *FILTERS.values(), NOTHING):
                for view in VIEWS:
                    self.asked(view, filter)
            for _ in range(rounds):
                self.round(filters)
        finally:
            for contestant in self.contestants:
                contestant.end()

    def round(self, filters):
        added = []
        for view in VIEWS:
            replies = self.asked(view, {}, add=next(self.added))
            added.append(replies)
            for name, reply in replies.items():
                self.line(name, view, wall_s=reply["wall_s"])
        for title, filter in filters.items():
            walls = [self.asked(view, filter, add=next(self.added)) for view in VIEWS]
            for contestant in self.contestants:
                slowest = max(replies[contestant.name]["wall_s"] for replies in walls)
                self.line(contestant.name, f"filter {title}", wall_s=slowest)
            added += walls
        for contestant in self.contestants:
            spent = sum(replies[contestant.name]["add_s"] for replies in added)
            self.line(contestant.name, "add", wall_s=spent / len(added))

    def each(self, **request):
        return {contestant.name: contestant.ask(**request) for contestant in self.contestants}

    def asked(self, view, filter, **more):
        replies = self.each(view=view, filter=filter, **more)
        first, *others = replies
        for other in others:
            place = difference(replies[first]["result"], replies[other]["result"])
            if place and len(self.failures) < 20:
                self.failures.append(f"`{view}` of {filter}: {first} and {other} differ: {place}")
        return replies


def difference(left, right, path="result"):
    """Where the two differ, in words; None where they say the same."""
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return f"{path} has {sorted(left.keys() ^ right.keys())} on one side only"
        return next(filter(None, (difference(left[key], right[key], f"{path}.{key}") for key in left)), None)
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = enumerate(zip(left, right))
        return next(filter(None, (difference(a, b, f"{path}[{index}]") for index, (a, b) in pairs)), None)
    return None if is_same(left, right, path) else f"{path}: {str(left)[:80]} and {str(right)[:80]}"


def is_same(left, right, path):
    if isinstance(left, float) or isinstance(right, float):
        within = QUANTILE_WITHIN if ".quantiles[" in path else 1e-12
        return None not in (left, right) and math.isclose(left, right, rel_tol=RELATIVE, abs_tol=within)
    if left == right or not isinstance(left, str) or not isinstance(right, str):
        return left == right
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return False


def measure(commands, trades, count, label, rounds, filters=FILTERS):
    """(lines, failures) of all rounds."""
    try:
        asked = Rounds(commands, trades, count, label)
        asked.run(rounds, filters)
    except RuntimeError as failure:
        print(failure, file=sys.stderr)
        return [], [f"`analytics`: {failure}"]
    return asked.lines, asked.failures
