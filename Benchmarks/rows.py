"""The rows of docs/benchmarks.md: what is shown of each part, beside whose figure, and what it should be."""

from dataclasses import dataclass

import analytics_rounds

CONNECTIONS = 32


@dataclass
class Row:
    title: str
    step: str
    key: str
    peer: str = ""  # whose figure stands beside ours; "daybook" compares two steps of our own
    peer_step: str = ""
    ratio_most: float | None = None
    most: float | None = None
    ratio_least: float | None = None
    peer_title: str = ""


def sync_rows(options):
    trades, images = f"{options.trades:,}", f"{options.images:,}"
    steps = [
        ("first_upload", f"First upload, {trades} trades", 0.5, None),
        ("fresh_device", f"A fresh device, {trades} trades", 0.5, None),
        ("changed_100_push", "100 changed trades, pushed", 0.5, None),
        ("changed_100_pull", "100 changed trades, pulled", 0.5, None),
        ("changed_1_push", "One field, pushed", 0.5, 600),
        ("changed_1_pull", "One field, pulled", 0.5, 600),
        ("no_op", "No-op", 0.5, 300),
        ("images_up", f"{images} images of {options.image_bytes // 1000} KB, up", 1.0, None),
        ("images_down", f"{images} images of {options.image_bytes // 1000} KB, down", 1.0, None),
    ]
    # A snapshot comes in chunks and images one by one: one request is promised for the exchange alone.
    one_request = ("first_upload", "changed_100_push", "changed_100_pull", "changed_1_push", "changed_1_pull", "no_op")
    for step, title, ratio, bytes_most in steps:
        yield Row(f"{title}: time", step, "wall_s", "anki", step, ratio_most=ratio)
        yield Row(f"{title}: bytes", step, "bytes", "anki", step, most=bytes_most)
        yield Row(f"{title}: requests", step, "requests", "anki", step, most=1 if step in one_request else None)
    step = "second_user_no_op"
    yield Row("A second user's no-op meanwhile: median", step, "p50_s", "anki", step)
    yield Row("A second user's no-op meanwhile: 99th percentile", step, "p99_s", "anki", step, most=0.020)
    yield Row("A second user's no-op meanwhile: longest", step, "max_s", "anki", step)
    yield Row("Server memory above idle meanwhile", step, "above_idle_bytes", "anki", step, most=64 * 2**20)


def analytics_rows(options):
    large, small = f"{options.journal:,} trades", f"{options.journal_small:,} trades"
    for view in analytics_rounds.VIEWS:
        step, title = f"analytics_large_{view}", f"{view.replace('-', ' ').capitalize()}, {large}"
        yield Row(f"{title}, against DuckDB", step, "wall_s", "duckdb", step, ratio_most=0.1)
        yield Row(f"{title}, against polars", step, "wall_s", "polars", step, ratio_most=0.2)
    for title in analytics_rounds.FILTERS:
        step = f"analytics_large_filter {title}"
        yield Row(f"Filtered by {title}: the slowest view, {large}", step, "wall_s", "polars", step, most=0.010)
    for peer in ("duckdb", "polars"):
        step = "analytics_small_overview"
        yield Row(f"Overview, {small}", step, "wall_s", peer, step, most=0.0001)
    for size, title in (("large", large), ("small", small)):
        step = f"analytics_{size}_add"
        yield Row(f"Adding one trade to {title}", step, "wall_s", "duckdb", step)
    step = "analytics_large_loaded"
    yield Row(f"Memory with {large}", step, "memory_bytes", "polars", step)


def journal_requests_rows(options):
    for step, title in (("journal_overview", "Overview"), ("journal_trades", "A page of 50 trades")):
        title = f"{title}, {options.journal_small:,} trades, {CONNECTIONS} connections"
        yield Row(
            f"{title}, against FastAPI", step, "requests_per_s", "fastapi", step, ratio_least=10,
            peer_title="FastAPI and SQLite",
        )
        yield Row(
            f"{title}, against FastAPI that keeps its answers", step, "requests_per_s", "fastapi", f"{step}_kept",
            ratio_least=10, peer_title="FastAPI, kept",
        )
        yield Row(
            f"{title}, against a constant", step, "requests_per_s", "daybook", "journal_health", ratio_least=0.6,
            peer_title="constant JSON",
        )
    step = "journal_health"
    yield Row("Constant JSON of the same servers", step, "requests_per_s", "fastapi", step, peer_title="FastAPI")


def rows(part, options):
    if part == "sync":
        return list(sync_rows(options))
    if part == "analytics":
        return list(analytics_rows(options))
    if part == "journal-requests":
        return list(journal_requests_rows(options))
    edits = f"{options.trades:,} conflicting edits"
    return {
        "merge": [
            Row(f"Merge {edits}, against bare SQLite", "merge", "wall_s", "sqlite", "merge_shuffled", ratio_most=2),
            Row(f"Merge {edits}, against Yjs in memory", "merge", "wall_s", "pycrdt", "merge_fields"),
            Row(f"Merge {edits}, against Yjs, one flat map", "merge", "wall_s", "pycrdt", "merge_flat"),
            Row("Bytes on the wire for an edit", "merge", "wire_bytes_per_edit", "pycrdt", "merge_fields", most=64),
        ],
        "commit": [
            Row("One durable commit: median", "commit", "p50_s", "sqlite", "commit", ratio_most=1.5),
            Row("One durable commit: 99th percentile", "commit", "p99_s", "sqlite", "commit"),
        ],
        "insert": [
            Row("Insert, against our tables without tracking", "insert", "wall_s", "daybook", "insert_bare", 1.3),
            Row("Insert, against bare SQLite in C", "insert", "wall_s", "sqlite", "insert"),
            Row("Disk, against our tables without tracking", "insert", "file_bytes", "daybook", "insert_bare", 1.1),
            Row("Disk, against bare SQLite in C", "insert", "file_bytes", "sqlite", "insert"),
            Row("Metadata of a trade never edited", "tracking", "bytes_per_unedited_trade", most=32),
            Row("Metadata of an edited field", "tracking", "bytes_per_edited_field", most=48),
            Row("The server's log over the state", "tracking", "log_to_state", most=1),
        ],
        "fills": [
            Row("Fills a second, against pandas with Arrow's reader", "fills", "rows_per_s", "pandas", "fills_pyarrow"),
            Row("Fills a second, against pandas' default reader", "fills", "rows_per_s", "pandas", "fills_c"),
            Row("Peak memory, against pandas with Arrow's reader", "fills", "peak_bytes", "pandas", "fills_pyarrow"),
            Row("Peak memory, against pandas' default reader", "fills", "peak_bytes", "pandas", "fills_c"),
            Row("Round trips found", "fills", "trips", "pandas", "fills_pyarrow"),
        ],
        "users": [
            Row(f"{options.users:,} users: memory", "users", "memory_bytes"),
            Row(f"{options.users:,} users: open files", "users", "open_files"),
            Row(f"{options.devices:,} devices syncing: 99th percentile", "users", "p99_s"),
        ],
        "sign-in": [
            Row(
                "Sign-ins verified on one core, against the bare recovery", "verify", "verified_per_s",
                "libsecp256k1", "verify", ratio_least=0.8,
            ),
            Row("Sign-ins verified on one core, against PyPI's siwe", "verify", "verified_per_s", "siwe", "verify"),
            Row("The same, against siwe with its regular expression", "verify", "verified_per_s", "siwe", "verify_regexp"),
        ],
        "requests": [
            Row(
                f"Requests with a token, {CONNECTIONS} connections", "requests_me", "requests_per_s",
                "daybook", "requests_health", ratio_least=0.7, peer_title="constant JSON",
            ),
            Row(
                "One core's time for a request with a token", "requests_me", "core_s_per_request",
                "daybook", "requests_health", peer_title="constant JSON",
            ),
        ],
    }[part]
