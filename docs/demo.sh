#!/usr/bin/env bash
# The main job of Daybook, for real: two devices, one server, nothing lost. Called by `make demo`.
set -euo pipefail

programs=$1
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/daybook-demo.XXXXXX")
export XDG_CONFIG_HOME=$work/config
DAYBOOK_PASSPHRASE=$(head -c 16 /dev/urandom | base64)
export DAYBOOK_PASSPHRASE

server_pid=
finish() {
    [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
    [ -z "$server_pid" ] || wait "$server_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold= dim= plain=; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
on() { # DEVICE COMMAND…: says what is typed, and does it
    local device=$1
    shift
    printf '%s%s$ daybook %s%s\n' "$dim" "$device" "$*" "$plain"
    DAYBOOK_JOURNAL=$work/$device "$programs/daybook" "$@"
}
quietly() {
    local device=$1
    shift
    DAYBOOK_JOURNAL=$work/$device "$programs/daybook" "$@"
}
id_of() { # DEVICE SYMBOL: the last trade in it
    quietly "$1" trade list --symbol "$2" --limit 1 --json | grep -o '"id"[^,]*' | head -1 | grep -oE '[0-9a-f-]{36}'
}

say "Two devices, no network. Each begins a journal of its own."
on desk init --device desk
on laptop init --device laptop

say "On the desk: exports from Binance, from a stock broker and a futures broker. On the laptop: one from Bybit, and trades by hand."
on desk import "$here/fixtures/imports/demo_binance.csv"
on desk import "$here/fixtures/imports/demo_schwab.csv" --zone America/New_York
on desk import "$here/fixtures/imports/demo_ninjatrader.csv" --zone America/Chicago
on desk trade list --symbol ESZ26
on laptop import "$here/fixtures/imports/demo_bybit.csv"
on laptop trade add AAPL long --qty 10 --entry 189.5 --exit 194.2 --stop 187 --fees 1.2 \
    --account broker --currency USD \
    --opened 2026-11-02T14:35 --closed 2026-11-02T19:10 --tag earnings --note "Bought the gap, sold the close."
on laptop trade add TSLA short --qty 5 --entry 251.4 --exit 255.9 --stop 254 --fees 1 \
    --account broker --opened 2026-11-03T15:00 --closed 2026-11-03T15:50 --tag impulse

say "The server starts, and the laptop signs in with a wallet made on the spot (EIP-4361)."
"$programs/daybook-server" serve --data "$work/server" --http 127.0.0.1:0 --websocket 127.0.0.1:0 \
    >"$work/server.out" 2>"$work/server.log" &
server_pid=$!
for _ in $(seq 100); do grep -q listening "$work/server.out" && break || sleep 0.1; done
url=$(sed -n 's/.*http=\([^ ]*\).*/http:\/\/\1/p' "$work/server.out")
[ -n "$url" ] || { cat "$work/server.log"; echo "The server did not start."; exit 1; }
on laptop login --server "$url"
on laptop sync
on desk login --server "$url"
on desk sync --yes # the two journals meet for the first time, and both have trades
on laptop sync

aapl=$(id_of laptop AAPL)
tsla=$(id_of laptop TSLA)
say "Offline again. Both devices change the same trade: other fields, the same field, the same note, the tags."
on desk trade rate "$aapl" 4
on desk trade stop "$aapl" 186.5
on desk trade note "$aapl" --append "Desk: the volume was there."
on desk trade tag "$aapl" breakout
on laptop trade stop "$aapl" 187.5
on laptop trade note "$aapl" --append "Laptop: the stop was too tight."
on laptop trade tag "$aapl" A-setup
on laptop image add "$here/fixtures/images/chart.png" --trade "$aapl" --caption "15 minutes"

say "And a trade is deleted on the desk while the laptop still writes on it."
on desk trade delete "$tsla"
on laptop trade note "$tsla" "Chased it. Never again."

say "Both sync."
on desk sync
on laptop sync
on desk sync

say "One journal, with every edit of both."
on desk trade show "$aapl"

say "What only a person can decide is listed until somebody does."
on desk conflicts
on desk conflicts show "$aapl"
on desk conflicts keep "$aapl" stop_price laptop
on laptop conflicts keep "$tsla" alive
on desk sync
on laptop sync
on desk sync
on laptop conflicts

say "Both devices now answer alike, to the byte."
on desk stats --by tag
for question in "trade list --limit 1000 --json" "stats --json" "stats --by symbol --json" "tag list --json" "image list --json"; do
    # shellcheck disable=SC2086
    if [ "$(quietly desk $question)" = "$(quietly laptop $question)" ]; then
        printf '  the same on both: daybook %s\n' "$question"
    else
        printf '  NOT the same: daybook %s\n' "$question"
        exit 1
    fi
done
on desk verify
on laptop verify

cat <<MORE

${bold}Now yours.${plain}
  make release                          build it as it is meant to run
  .build/release/daybook init           a journal on this machine
  .build/release/daybook import FILE    your exchange's export
  make serve                            a server, then: daybook login --server http://127.0.0.1:8080
MORE
