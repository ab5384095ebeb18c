-- A journal: what people and exchanges wrote, how it merges, and what follows from it.
--
-- An entity's row holds the value that is shown for each field, and in (replica, counter) the commit that brought it.
-- A field that was never written again needs nothing more. One that was has its dots in `register`.

-- Facts of this copy alone; never synced.
CREATE TABLE local (
    key TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The replicas seen, under a short number; `counter`, `time` and `hash` are of each one's last commit.
CREATE TABLE replica (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    counter INTEGER NOT NULL,
    time INTEGER NOT NULL DEFAULT 0,
    hash BLOB
) STRICT;

-- Every commit, in an order in which each follows what its writer had seen.
-- `context` is the writer's clock as changes since the replica's previous commit; NULL when there were none.
-- `bytes` is NULL where only the fact of the commit is known (a device that began from a snapshot).
CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    time INTEGER NOT NULL,
    context BLOB,
    packed INTEGER NOT NULL,
    bytes BLOB
) STRICT;
CREATE UNIQUE INDEX log_dot ON log (replica, counter);
CREATE INDEX log_context ON log (replica, counter) WHERE context IS NOT NULL;

-- Further commits that brought an entity with the very same values.
CREATE TABLE origin (
    entity BLOB NOT NULL,
    kind INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (entity, kind, replica, counter)
) STRICT, WITHOUT ROWID;

-- The siblings of a field that was written after its entity came. `value` NULL: the value in the entity's row.
CREATE TABLE register (
    entity BLOB NOT NULL,
    slot INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    value BLOB,
    PRIMARY KEY (entity, slot, replica, counter)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_beside ON register (entity, slot) WHERE value IS NOT NULL;

-- Versions of long texts that were written over: the common ground on which concurrent versions are merged.
-- `text` is NULL where the field had been emptied.
CREATE TABLE prose (
    entity BLOB NOT NULL,
    slot INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    text TEXT,
    PRIMARY KEY (entity, slot, replica, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    kind INTEGER NOT NULL,
    owner BLOB NOT NULL,
    member BLOB NOT NULL,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (kind, owner, member, replica, counter)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_owners ON member (kind, member, owner);

CREATE TABLE tombstone (
    kind INTEGER NOT NULL,
    entity BLOB NOT NULL,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (kind, entity, replica, counter)
) STRICT, WITHOUT ROWID;

-- presence: 0 alive, 1 deleted, 2 deleted there and edited here.

CREATE TABLE account (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    exchange TEXT,
    environment TEXT,
    label TEXT,
    cost_basis TEXT
) STRICT;

CREATE TABLE fill (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    account BLOB,
    symbol TEXT,
    side TEXT,
    price TEXT,
    quantity TEXT,
    fee TEXT,
    fee_currency TEXT,
    time_ms INTEGER,
    sequence INTEGER,
    external_id TEXT,
    aside INTEGER
) STRICT;
CREATE INDEX fill_order ON fill (account, symbol, time_ms, sequence, id);

CREATE TABLE trade (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    account BLOB,
    symbol TEXT,
    direction TEXT,
    quantity TEXT,
    entry_price TEXT,
    exit_price TEXT,
    opened_ms INTEGER,
    closed_ms INTEGER,
    fees TEXT,
    stop_price TEXT,
    target_price TEXT,
    rating INTEGER,
    notes TEXT,
    setup TEXT,
    anchor BLOB
) STRICT;
CREATE INDEX trade_anchor ON trade (anchor) WHERE anchor IS NOT NULL;

CREATE TABLE tag (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    name TEXT,
    color TEXT
) STRICT;

CREATE TABLE entry (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    day TEXT,
    title TEXT,
    body TEXT,
    entry_type TEXT,
    trade BLOB,
    created_ms INTEGER
) STRICT;
CREATE INDEX entry_day ON entry (day, id);

CREATE TABLE image (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    sha256 BLOB,
    name TEXT,
    media_type TEXT,
    size INTEGER,
    caption TEXT,
    created_ms INTEGER
) STRICT;
CREATE INDEX image_content ON image (sha256);

CREATE TABLE device (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    name TEXT,
    platform TEXT,
    created_ms INTEGER
) STRICT;

-- Derived from fills and from trades entered by hand, in the transaction that changed them; never synced.
-- `first_fill` is NULL for a trade entered by hand. Figures are NULL where they cannot be told.
CREATE TABLE round_trip (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    account BLOB,
    symbol TEXT NOT NULL,
    direction TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    quantity TEXT,
    open_quantity TEXT,
    entry_price TEXT,
    exit_price TEXT,
    gross TEXT,
    fees TEXT,
    other_fees TEXT,
    net TEXT,
    first_fill BLOB,
    fill_count INTEGER NOT NULL,
    -- 1 when the fill that closed it also opened the next.
    reversed INTEGER NOT NULL
) STRICT;
CREATE INDEX round_trip_source ON round_trip (account, symbol, opened_ms) WHERE first_fill IS NOT NULL;
CREATE INDEX round_trip_opened ON round_trip (opened_ms, id);

-- The trade that an annotation belongs to now; NULL when its fills were set aside.
CREATE TABLE anchor (
    trade BLOB PRIMARY KEY NOT NULL,
    round_trip BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX anchor_round_trip ON anchor (round_trip);

-- Brought up to date by `TextIndex` at the end of each transaction: triggers would make FTS5 write at every row.
CREATE VIRTUAL TABLE trade_text USING fts5(notes, content = 'trade', content_rowid = 'row');
CREATE VIRTUAL TABLE entry_text USING fts5(title, body, content = 'entry', content_rowid = 'row');

-- Image bytes beside the journal: what this copy has, and whether the server has it too.
CREATE TABLE blob (
    sha256 BLOB PRIMARY KEY NOT NULL,
    size INTEGER NOT NULL,
    uploaded INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
