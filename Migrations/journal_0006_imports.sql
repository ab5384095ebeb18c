-- What is traded, what was imported, and what fills say of the positions they change.
ALTER TABLE account ADD COLUMN alias_of BLOB;
ALTER TABLE account ADD COLUMN currency TEXT;
ALTER TABLE account ADD COLUMN margin INTEGER;

ALTER TABLE fill ADD COLUMN market_kind TEXT;
ALTER TABLE fill ADD COLUMN leg TEXT;
ALTER TABLE fill ADD COLUMN effect TEXT;
ALTER TABLE fill ADD COLUMN import BLOB;
ALTER TABLE fill ADD COLUMN review TEXT;
ALTER TABLE fill ADD COLUMN cost_price TEXT;
CREATE INDEX fill_import ON fill (import, account, symbol, time_ms);

CREATE TABLE instrument (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    exchange TEXT,
    symbol TEXT,
    market_kind TEXT,
    base TEXT,
    quote TEXT,
    multiplier TEXT,
    tick TEXT,
    lot TEXT,
    expiry TEXT,
    strike TEXT
) STRICT;
CREATE INDEX instrument_symbol ON instrument (symbol);

CREATE TABLE import (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    file TEXT,
    account BLOB,
    layout TEXT,
    created_ms INTEGER,
    sha256 BLOB,
    resolution_ms INTEGER,
    has_ids INTEGER,
    reading TEXT,
    fills INTEGER
) STRICT;

-- Derived, never synced: which account each other name stands for; fills that look like others and wait for a person;
-- the parts of fills that closed what no fill here had opened.
CREATE TABLE account_alias (
    account BLOB PRIMARY KEY NOT NULL,
    canonical BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_alias_canonical ON account_alias (canonical);
CREATE TABLE likely_double (
    fill BLOB PRIMARY KEY NOT NULL,
    original BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX likely_double_original ON likely_double (original);
CREATE TABLE partial_fill (
    fill BLOB PRIMARY KEY NOT NULL,
    account BLOB NOT NULL,
    symbol TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    quantity TEXT NOT NULL,
    -- 1 where no part of the fill belongs to a trade.
    is_whole INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX partial_fill_market ON partial_fill (account, symbol, time_ms);

-- Derived, never synced: which books the fills of a market make (`MarketBooks`).
CREATE TABLE market (
    account BLOB NOT NULL,
    symbol TEXT NOT NULL,
    books INTEGER NOT NULL,
    PRIMARY KEY (account, symbol)
) STRICT, WITHOUT ROWID;
CREATE INDEX market_symbol ON market (symbol);

-- A trip that left dust says how much, and what that had cost: the next one of its book begins with it.
ALTER TABLE round_trip ADD COLUMN market_kind TEXT;
ALTER TABLE round_trip ADD COLUMN leg TEXT;
ALTER TABLE round_trip ADD COLUMN currency TEXT;
ALTER TABLE round_trip ADD COLUMN multiplier TEXT;
ALTER TABLE round_trip ADD COLUMN rest_quantity TEXT;
ALTER TABLE round_trip ADD COLUMN rest_cost TEXT;
ALTER TABLE round_trip ADD COLUMN partial_history INTEGER NOT NULL DEFAULT 0;
