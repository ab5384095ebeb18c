# `make` lists what there is. `make demo` and `make test` need nothing but a Debian machine with Swift: what else they
# use, they install.

SHELL := /bin/bash
.DEFAULT_GOAL := help

PACKAGES := libsqlite3-dev libsecp256k1-dev libargon2-dev libsodium-dev libzstd-dev libxml2-dev libxxhash-dev libzip-dev \
    zlib1g-dev libpq-dev libvips42 pkg-config curl openssl
# A database for the tests, which start one of their own.
TEST_PACKAGES := postgresql
BROWSER_PACKAGES := chromium fonts-dejavu-core $(shell python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv)
DATA ?= $(HOME)/.local/share/daybook-server
SEED ?=
RUNS ?= 5000
SOAK_SECONDS ?= 600
FUZZ_RUNS ?= 200
# An awkward moment: the last seconds of a leap February, five hours behind Greenwich.
WHEN ?= 2028-02-29 23:59:50
WHERE ?= America/New_York
# What asks the time, or tells days.
DATED := StatsCommandTests|TradeCommandTests|WritingCommandTests|SettingsCommandTests|EntryRoutesTests|TradeFilterTests|TradeRoutesTests

# Installs those of the packages $(1) that are missing.
define install_missing
@missing=""; for p in $(1); do \
    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
if [ -n "$$missing" ]; then \
    echo "Installing:$$missing"; \
    as_root=""; [ "$$(id -u)" = 0 ] || as_root=sudo; \
    $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq \
        --no-install-recommends $$missing >/dev/null \
        || { echo "That did not work. Install$$missing by hand, then run make again."; exit 1; }; \
fi
endef

.PHONY: help setup build release demo test dates browser browser-setup lint format serve bench sim soak fuzz proto clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Install the system libraries that are missing
	$(call install_missing,$(PACKAGES))
	@command -v swift >/dev/null || { echo "Swift 6.2 or later is needed: https://swift.org/install"; exit 1; }

build: setup ## Build the programs for development
	swift build

release: setup ## Build the programs as they are meant to run
	swift build -c release --product daybook
	swift build -c release --product daybook-server

demo: build ## Two devices, one server: import, edit on both, sync, settle, look
	@docs/demo.sh "$$(swift build --show-bin-path)"

test: setup ## Run every test
	$(call install_missing,$(TEST_PACKAGES))
	swift build --build-tests
	swift test --skip-build --no-parallel
	$(MAKE) browser
	$(MAKE) dates

dates: browser-setup ## Once built, test what asks the time as if it were WHEN in the zone WHERE
	$(call install_missing,faketime)
	TZ=$(WHERE) FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -m '$(WHEN)' \
	    swift test --skip-build --no-parallel --filter '$(DATED)'
	TZ=$(WHERE) FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -m '$(WHEN)' sh -c \
	    'PRETENDED_PRELOAD=$$LD_PRELOAD; export PRETENDED_PRELOAD; unset LD_PRELOAD; exec "$$@"' sh \
	    .build/browser/bin/python -m pytest -q -p no:cacheprovider Tests/Browser/test_journal.py

browser: build browser-setup ## Drive the web app in a real browser, and sign in with another signer
	.build/browser/bin/python -m pytest -q -p no:cacheprovider Tests/Browser

browser-setup:
	$(call install_missing,$(BROWSER_PACKAGES))
	@cmp -s Tests/Browser/requirements.txt .build/browser/installed || { \
	    python3 -m venv --clear .build/browser \
	    && .build/browser/bin/pip install --quiet --disable-pip-version-check -r Tests/Browser/requirements.txt \
	    && cp Tests/Browser/requirements.txt .build/browser/installed; }

lint: ## Check the formatting
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## Put the formatting right
	swift format --in-place --recursive --parallel Package.swift Sources Tests

serve: release ## Run the sync server on http://127.0.0.1:8080, with its data in DATA
	"$$(swift build -c release --show-bin-path)/daybook-server" serve --data "$(DATA)"

bench: setup ## Measure beside the peers, and write docs/benchmarks.md
	swift build -c release
	$(MAKE) -C Benchmarks bench

fuzz: ## Run every fuzzer with FUZZ_RUNS seeds that were never tried, about an hour
	swift build --build-tests
	DAYBOOK_FUZZ_RUNS=$(FUZZ_RUNS) swift test --skip-build --no-parallel --filter 'FuzzTests|MergeDerivationTests'

sim: setup ## Replay one simulated history (SEED=…), or many new ones (RUNS=5000)
	swift build -c release --build-tests -Xswiftc -enable-testing
	$(if $(SEED),DAYBOOK_SIM_SEED=$(SEED),DAYBOOK_SIM_RUNS=$(RUNS)) \
	    swift test -c release --skip-build --filter SimulationTests

soak: setup ## Attack a server in every known way, beside somebody who works on it (SOAK_SECONDS=600)
	swift build -c release --build-tests -Xswiftc -enable-testing
	DAYBOOK_SOAK=$(SOAK_SECONDS) swift test -c release --skip-build --no-parallel --filter SoakTests

proto: setup ## Generate the messages of the sync anew (after a change of sync.proto; needs ten minutes)
	dpkg-query -W protobuf-compiler >/dev/null 2>&1 || apt-get install -y -qq protobuf-compiler
	swift build -c release --package-path .build/checkouts/swift-protobuf --scratch-path .build/protobuf \
	    --product protoc-gen-swift
	protoc --plugin="$$(find .build/protobuf/ -name protoc-gen-swift -type f -perm -u+x | head -1)" \
	    --swift_out=Sources/Sync/Wire -ISources/Sync/Wire sync.proto

clean: ## Remove everything that was built
	rm -rf .build .build-*
