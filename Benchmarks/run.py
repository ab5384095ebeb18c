"""Measures Daybook against its peers and writes docs/benchmarks.md. `make bench` calls it; README.md explains it.

Every contestant runs in turn, A B A B, so that a slow minute of the machine hits both. A figure is the median over
the runs; beside it stand the smallest and the largest. Nothing here knows a result: what was not measured is a dash.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

import analytics_rounds
import journal_answers
from rows import CONNECTIONS, rows

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = HERE / ".build"
#: Of the analytics: days that change their clocks, and a balance that the journal does not use up.
ZONE, START_BALANCE = "America/New_York", 250_000
PARTS = [
    "sync", "merge", "commit", "insert", "fills", "users", "sign-in", "requests", "analytics", "journal-requests",
]  # fmt: skip


# What runs


def contestants(part, options, files, work):
    """The commands of one part, in the order they take turns."""
    python, peers = sys.executable, HERE / "peers"
    sqlite, bench = BUILD / "sqlite_rows", options.daybook_bench
    images = ["--images", options.images, "--image-bytes", options.image_bytes]
    anki = [python, peers / "anki_sync.py", "--trades", files["trades"], *images, "--work", BUILD]
    pandas = [python, peers / "pandas_fills.py", "--csv", files["fills"]]
    server = ["--server", options.daybook_server]
    trades = ["--trades", files["trades"], "--work", work]
    sign_ins = ["--sign-ins", files["sign_ins"]]
    journal = ["--trades", files["journal-small"], "--count", options.journal_small]
    load = ["--work", work, "--connections", CONNECTIONS]

    peer_commands = {
        "sync": [anki],
        "merge": [
            [sqlite, files["trades"], work, "merge"],
            [python, peers / "pycrdt_merge.py", "--edits", options.trades],
        ],
        "commit": [[sqlite, files["trades"], work, "commit", "--commits", options.commits]],
        "insert": [[sqlite, files["trades"], work, "insert"]],
        "fills": [[*pandas, "--engine", "pyarrow"], [*pandas, "--engine", "c"]],
        "users": [],
        "sign-in": [[BUILD / "secp256k1_recover", files["sign_ins"]], [python, peers / "siwe_verify.py", *sign_ins]],
        "requests": [],
        "journal-requests": [
            [python, peers / "fastapi_journal.py", *journal, *load, "--answers", answers_folder(work, "fastapi")],
        ],
    }
    daybook_commands = {
        "sync": [
            [bench, "sync", *trades, *images, *server, "--proxy", BUILD / "counting_proxy"],
            [bench, "second-user", *trades, *server],
        ],
        "merge": [[bench, "merge", *trades]],
        "commit": [[bench, "commit", *trades, "--commits", options.commits]],
        "insert": [[bench, "insert", *trades]],
        "fills": [[bench, "fills", "--csv", files["fills"], "--work", work]],
        "users": [[bench, "users", "--users", options.users, "--devices", options.devices, *server, "--work", work]],
        "sign-in": [[bench, "sign-in", *sign_ins]],
        "requests": [[bench, "requests", *server, *load]],
        "journal-requests": [
            [bench, "journal-requests", *server, *journal, *load, "--answers", answers_folder(work, "daybook")],
        ],
    }
    chosen = [] if options.only == "daybook" else peer_commands[part]
    if options.only != "peers" and bench.exists():
        chosen = daybook_commands[part] + chosen
    return [[str(word) for word in command] for command in chosen]


def answers_folder(work, name):
    """Where a contestant leaves a body of each route, to be compared."""
    folder = work / "answers" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def analysts(options, trades, count, work):
    """The commands of those who answer the analytics, by name: all of them run at once."""
    given = ["--trades", trades, "--count", count, "--work", work, "--zone", ZONE, "--start-balance", START_BALANCE]
    commands = {}
    if options.only != "peers" and options.daybook_bench.exists():
        commands["daybook"] = [options.daybook_bench, "analytics", *given]
    if options.only != "daybook":
        for name in ("duckdb", "polars"):
            commands[name] = [sys.executable, HERE / "peers" / f"{name}_analytics.py", *given]
    return {name: [str(word) for word in command] for name, command in commands.items()}


class Results:
    """All measured values by (peer, step, key), one for each run."""

    def __init__(self):
        self.values = {}
        self.failures = []

    def add(self, line):
        fields = json.loads(line)
        peer, step = fields.get("peer", "daybook"), fields["step"]
        if "bytes_up" in fields:
            fields["bytes"] = fields["bytes_up"] + fields["bytes_down"]
        if "wire_bytes" in fields:
            fields["wire_bytes_per_edit"] = fields["wire_bytes"] / fields["edits"]
        for key, value in fields.items():
            if isinstance(value, (int, float)) and key != "run":
                self.values.setdefault((peer, step, key), []).append(value)

    def median(self, peer, step, key):
        values = self.values.get((peer, step, key))
        return statistics.median(values) if values else None


def measure(options, files):
    results = Results()
    for part in options.parts:
        if part == "analytics":
            measure_analytics(options, files, results)
            continue
        for turn in range(1, options.runs + 1):
            with tempfile.TemporaryDirectory(dir=BUILD) as work:
                for command in contestants(part, options, files, Path(work)):
                    name = " ".join(Path(word).name if "/" in word else word for word in command)
                    print(f"[{part} {turn}/{options.runs}] {name}", file=sys.stderr, flush=True)
                    outcome = subprocess.run(command, stdout=subprocess.PIPE, text=True)
                    for line in outcome.stdout.splitlines():
                        results.add(line)
                    if outcome.returncode:
                        results.failures.append(f"`{part}`: {Path(command[0]).name} ended with {outcome.returncode}")
                if part == "journal-requests" and not options.only:
                    results.failures += journal_answers.differences(
                        *(answers_folder(Path(work), name) for name in ("daybook", "fastapi"))
                    )
    return results


def measure_analytics(options, files, results):
    """One conversation for each size, with all rounds in it: loading a million trades takes longer than asking."""
    rounds = 2 * options.runs + 1
    for size, count in (("large", options.journal), ("small", options.journal_small)):
        with tempfile.TemporaryDirectory(dir=BUILD) as work:
            trades = files[f"journal-{size}"]
            commands = analysts(options, trades, count, work)
            print(f"[analytics {count}] {', '.join(commands)}: {rounds} rounds", file=sys.stderr, flush=True)
            filters = analytics_rounds.FILTERS if size == "large" else {}
            lines, failures = analytics_rounds.measure(commands, trades, count, size, rounds, filters)
            for line in lines:
                results.add(line)
            results.failures += failures


# What is reported


def written(value, key):
    if value is None:
        return "–"
    if key == "core_s_per_request":
        return f"{value * 1e6:.3g} µs"
    if key.endswith("_per_s"):
        return f"{value:,.0f}/s"
    if key.endswith("_s"):
        return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.3g} ms"
    if "bytes" in key:
        for size, unit in ((1e6, "MB"), (1e3, "KB")):
            if value >= size:
                return f"{value / size:.3g} {unit}" if value < 1000 * size else f"{value / size:,.0f} {unit}"
        return f"{value:.3g} B" if value < 100 else f"{value:.0f} B"
    return f"{value:,.0f}" if value == round(value) else f"{value:.2f}"


def cell(results, peer, step, key):
    values = results.values.get((peer, step, key))
    if not values:
        return "–"
    middle, low, high = (written(f(values), key) for f in (statistics.median, min, max))
    return middle if low == high else f"{middle} ({low} to {high})"


def table_line(results, row):
    ours = results.median("daybook", row.step, row.key)
    theirs = results.median(row.peer, row.peer_step, row.key) if row.peer else None
    ratio = ours / theirs if ours is not None and theirs else None
    target = met = ""
    if row.ratio_most is not None:
        target = f"at most {row.ratio_most:g}×"
        met = "" if ratio is None else "met" if ratio <= row.ratio_most else "**missed**"
    elif row.ratio_least is not None:
        target = f"at least {row.ratio_least:g}×"
        met = "" if ratio is None else "met" if ratio >= row.ratio_least else "**missed**"
    elif row.most is not None:
        target = f"at most {written(row.most, row.key)}"
        met = "" if ours is None else "met" if ours <= row.most else "**missed**"
    known = {"daybook": "Daybook without tracking", "anki": "Anki", "sqlite": "SQLite in C", "duckdb": "DuckDB"}
    peer = row.peer_title or known.get(row.peer, row.peer)
    their_cell = f"{peer}: {cell(results, row.peer, row.peer_step, row.key)}" if row.peer else ""
    cells = [
        row.title, cell(results, "daybook", row.step, row.key), their_cell,
        "" if ratio is None else f"{ratio:.2f}×", target, met,
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def machine():
    facts = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in facts if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory, {system}"


def report(results, options, load):
    packages = ["anki", "pycrdt", "pandas", "pyarrow", "siwe", "coincurve", "duckdb", "polars", "fastapi", "uvicorn"]
    peers = ", ".join(f"{name} {version(name)}" for name in packages)
    arguments = ' ARGS="' + ' '.join(options.written) + '"' if options.written else ''
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make -C Benchmarks bench{arguments}` on {date.today()}. Do not edit.",
        "",
        f"- Machine: {machine()}; load average {load:.1f} before, {os.getloadavg()[0]:.1f} after.",
        f"- Peers: {peers}, SQLite from the system; Python {platform.python_version()}.",
        f"- Medians of {options.runs} runs, contestants in turn, smallest and largest in brackets. On a shared machine a",
        "  factor of 2 between runs is normal: the ratios count.",
        "- What each figure is, and what a peer does not do that Daybook does, stands in `Benchmarks/README.md`.",
        "",
    ]
    for part in options.parts:
        lines += [f"## {part.capitalize()}", "", "| what | Daybook | peer | ratio | target | |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [table_line(results, row) for row in rows(part, options)]
        lines.append("")
    ours, theirs = (results.median(*place, "trips") for place in (("daybook", "fills"), ("pandas", "fills_pyarrow")))
    if None not in (ours, theirs) and ours != theirs:
        results.failures.append(f"`fills`: Daybook found {ours:.0f} round trips, pandas {theirs:.0f}")
    if results.failures:
        lines += ["## Failed", "", *(f"- {failure}" for failure in results.failures), ""]
    return "\n".join(lines)


# The command line


def inputs(options):
    """The files everyone reads, made once for each size."""
    files = {}
    made = [
        ("trades", "trades", options.trades), ("fills", "fills", options.fills), ("sign_ins", "sign_ins", options.sign_ins),
        ("journal-large", "journal", options.journal), ("journal-small", "journal", options.journal_small),
    ]  # fmt: skip
    needed = {"analytics": {"journal-large", "journal-small"}, "journal-requests": {"journal-small"}}
    wanted = {key for part in options.parts for key in needed.get(part, {"trades", "fills", "sign_ins"})}
    for key, name, count in made:
        path = BUILD / f"{name}-{count}.{'csv' if name == 'fills' else 'tsv'}"
        maker = HERE / f"make_{name}.py"
        files[key] = path
        if key in wanted and (not path.exists() or path.stat().st_mtime < maker.stat().st_mtime):
            part = path.with_suffix(".part")
            subprocess.run([sys.executable, maker, str(count), part], check=True)
            part.rename(path)
    return files


def main():
    release = ROOT / ".build" / "release"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--only", choices=["peers", "daybook"])
    parser.add_argument("--trades", type=int, default=100_000)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--image-bytes", type=int, default=200_000)
    parser.add_argument("--commits", type=int, default=1_000)
    parser.add_argument("--fills", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--sign-ins", type=int, default=1_000)
    parser.add_argument("--journal", type=int, default=1_000_000, help="trades for the analytics")
    parser.add_argument("--journal-small", type=int, default=10_000, help="trades for the analytics and the requests")
    parser.add_argument("--daybook-bench", type=Path, default=release / "daybook-bench")
    parser.add_argument("--daybook-server", type=Path, default=release / "daybook-server")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args()
    options.written = [Path(word).name if "/" in word else word for word in sys.argv[1:]]

    if options.only != "peers" and not options.daybook_bench.exists():
        print("daybook-bench is not built: the peers alone are measured", file=sys.stderr)
    load = os.getloadavg()[0]
    results = measure(options, inputs(options))
    text = report(results, options, load)
    options.out.write_text(text, encoding="utf-8")
    raw = [{"peer": p, "step": s, "key": k, "values": v} for (p, s, k), v in results.values.items()]
    (BUILD / "results.json").write_text(json.dumps(raw, indent=1))
    print(text)
    return 1 if results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
