-- Who uses this server: people, their sessions, and the replicas that write for them. Journals are files of their own.
--
-- Tokens and nonces are kept as SHA-256 only: whoever reads this file cannot sign in with it.

-- A wallet is its 20 bytes; `id` names the person everywhere else, and the directory of their journal.
CREATE TABLE person (
    id BLOB PRIMARY KEY NOT NULL,
    address BLOB NOT NULL UNIQUE,
    joined_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Nonces that were given out and not yet used. `binding` is the hash of the cookie that went out with it.
CREATE TABLE nonce (
    hash BLOB PRIMARY KEY NOT NULL,
    binding BLOB NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX nonce_expires ON nonce (expires_ms);

-- One sign-in and all tokens that descend from it. `generation` counts refreshes; `rotated_ms` is when the newest
-- generation was first given out. `replica` is the copy of the journal that the session writes for. `name` is what the
-- person sees of it; `network` and `seen_ms` are of its last call, to the minute.
CREATE TABLE session (
    id BLOB PRIMARY KEY NOT NULL,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    network TEXT,
    seen_ms INTEGER NOT NULL,
    replica BLOB,
    generation INTEGER NOT NULL,
    rotated_ms INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session (person, created_ms);
CREATE INDEX session_ends ON session (ends_ms);

CREATE TABLE access_token (
    hash BLOB PRIMARY KEY NOT NULL,
    session BLOB NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_token_session ON access_token (session);

CREATE TABLE refresh_token (
    hash BLOB PRIMARY KEY NOT NULL,
    session BLOB NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_token_session ON refresh_token (session);

-- A code that pairs an extension or a device: one for each person, as an HMAC under a key that is not in this file.
-- A claim from another network than the code's waits in `claim_…` until the person confirms it.
CREATE TABLE pairing (
    person BLOB PRIMARY KEY NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    code BLOB NOT NULL UNIQUE,
    session BLOB NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    network TEXT,
    expires_ms INTEGER NOT NULL,
    claim BLOB,
    claim_kind TEXT,
    claim_name TEXT,
    claim_network TEXT,
    confirmed INTEGER NOT NULL DEFAULT 0,
    -- The session that came of it; the code is spent then.
    paired BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX pairing_session ON pairing (session);

-- A replica belongs to one person for ever.
CREATE TABLE replica (
    id BLOB PRIMARY KEY NOT NULL,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    registered_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replica_person ON replica (person);

-- What happened to a person's sessions, for them to read. Never a token, never a message.
CREATE TABLE audit (
    row INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    person BLOB NOT NULL,
    session BLOB,
    network TEXT
) STRICT;
CREATE INDEX audit_at ON audit (at_ms);
CREATE INDEX audit_person ON audit (person, row);
