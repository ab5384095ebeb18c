"""Holding what Daybook tells against what `figures` worked out: money to the last digit, ratios to 10⁻⁹."""

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

import figures  # noqa: F401  (sets the precision of decimals)

RELATIVE = 1e-9
#: Below this a ratio near zero is rounding: a growth of 10⁻⁷ comes from numbers near 1.
ABSOLUTE = 1e-12

COUNTS = ["trades", "wins", "losses", "breakevens", "r_trades"]
MONEY = [
    "gross", "fees", "net", "gross_profit", "gross_loss", "expectancy", "average_win", "average_loss",
]  # fmt: skip
RATIOS = [
    "win_rate", "win_rate_decided", "profit_factor", "payoff_ratio", "total_r", "average_r", "kelly",
]  # fmt: skip


class Expectations:
    """Collects every difference, so that one run shows them all. `with Expectations("UTC") as expect: …`"""

    def __init__(self, what):
        self.what = what
        self.differences = []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            assert not self.differences, f"{self.what}:\n" + "\n".join(self.differences[:20])

    def fail(self, name, told, expected):
        self.differences.append(f"{name}: {told!r} is told, {expected!r} expected")

    def equal(self, name, told, expected):
        """Counts, names, flags, days; None only for None."""
        expected = str(expected) if isinstance(expected, date) else expected
        if told != expected or type(told) is not type(expected):
            self.fail(name, told, expected)

    def money(self, name, told, expected):
        """Decimal text, in its canonical form."""
        if told is None or expected is None:
            return self.equal(name, told, expected)
        if not isinstance(told, str) or canonical(told) != told or Fraction(told) != Fraction(expected):
            self.fail(name, told, canonical(expected))

    def ratio(self, name, told, expected):
        """A JSON number."""
        if told is None or expected is None:
            return self.equal(name, told, expected)
        if isinstance(told, str) or not math.isclose(told, float(expected), rel_tol=RELATIVE, abs_tol=ABSOLUTE):
            self.fail(name, told, float(expected))

    def tally(self, name, told, expected, keys=None):
        """`keys` tells what the reply calls a figure; what it does not name is not compared."""
        keys = keys or {key: key for key in COUNTS + MONEY + RATIOS + ["no_losses"]}
        for key, path in keys.items():
            compare = self.money if key in MONEY else self.ratio if key in RATIOS else self.equal
            compare(f"{name}.{path}", told[path], expected[key])


def canonical(amount):
    text = f"{amount if isinstance(amount, Decimal) else exact(amount):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def exact(amount):
    """A fraction of at most 18 decimals, or its text, as a decimal."""
    if isinstance(amount, str):
        return Decimal(amount)
    scaled = Fraction(amount) * 10**18
    assert scaled.denominator == 1, f"{amount} has more than 18 decimals"
    return Decimal(scaled.numerator).scaleb(-18)
