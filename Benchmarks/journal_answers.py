"""Whether Daybook and FastAPI answered the same to the requests that are measured: what both of them tell, compared."""

import json
import math
from decimal import Decimal, InvalidOperation

#: Of the overview. FastAPI rounds the averages of money to 8 decimals.
FIELDS = [
    "account.total_trades", "account.total_pnl", "account.total_fees", "account.net_pnl", "performance.win_rate",
    "performance.profit_factor", "performance.avg_win", "performance.avg_loss", "performance.largest_win",
    "performance.largest_loss", "performance.expectancy", "performance.avg_r_multiple", "performance.avg_duration_secs",
    "risk.max_drawdown", "risk.best_day", "risk.best_day_date", "risk.worst_day", "risk.worst_day_date",
    "risk.best_streak", "risk.worst_streak", "risk.current_streak",
]  # fmt: skip
#: Of each trade; the ids are not compared, since Daybook gives its own.
TRADE_FIELDS = [
    "symbol", "side", "entry_price", "exit_price", "quantity", "realized_pnl", "fees", "net_pnl", "r_multiple",
    "duration_secs", "setup_tag",
]  # fmt: skip
WITHIN = 1e-6


def differences(left, right):
    """In words, one for each field that differs; `left` and `right` are folders of bodies."""
    found = []
    bodies = [[json.loads((folder / f"{step}.json").read_text()) for folder in (left, right)]
              for step in ("journal_overview", "journal_trades") if (left / f"{step}.json").exists()]  # fmt: skip
    if len(bodies) < 2:
        return [f"`journal-requests`: {left.name} left no answers to compare"]
    (ours, theirs), (our_page, their_page) = bodies
    for field in FIELDS:
        values = [at(body, field) for body in (ours, theirs)]
        if not is_same(*values):
            found.append(f"`journal-requests`: {field} is {values[0]} and {values[1]}")
    if our_page["total"] != their_page["total"] or len(our_page["trades"]) != len(their_page["trades"]):
        found.append("`journal-requests`: the pages of trades differ in length")
    key = lambda trade: (trade["closed_at"], trade["symbol"], Decimal(trade["net_pnl"]))
    for pair in zip(*(sorted(page["trades"], key=key) for page in (our_page, their_page))):
        different = [field for field in TRADE_FIELDS if not is_same(*(trade[field] for trade in pair))]
        ours, theirs = ({tag if isinstance(tag, str) else tag["name"] for tag in trade["tags"]} for trade in pair)
        if different or ours != theirs:
            found.append(f"`journal-requests`: a trade of {pair[0]['symbol']} differs in {different or 'its tags'}")
    return found[:20]


def at(body, path):
    for key in path.split("."):
        body = body[key]
    return body


def is_same(left, right):
    if left == right:
        return True
    try:
        return math.isclose(Decimal(str(left)), Decimal(str(right)), rel_tol=WITHIN)
    except InvalidOperation:
        return False
