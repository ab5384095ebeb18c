-- What several servers share: people, their sessions, and the replicas that write for them. The same tables as in the
-- server_… files for SQLite, as they are after server_0003, and two that only servers that share something need.
--
-- Tokens and nonces are kept as SHA-256 only: whoever reads this database cannot sign in with it.

CREATE TABLE person (
    id bytea PRIMARY KEY,
    address bytea NOT NULL UNIQUE,
    joined_ms bigint NOT NULL
);

CREATE TABLE nonce (
    hash bytea PRIMARY KEY,
    binding bytea NOT NULL,
    expires_ms bigint NOT NULL
);
CREATE INDEX nonce_expires ON nonce (expires_ms);

-- Room in each page keeps what changes often, such as seen_ms, out of the indexes.
CREATE TABLE session (
    id bytea PRIMARY KEY,
    person bytea NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind text NOT NULL,
    name text NOT NULL,
    network text,
    seen_ms bigint NOT NULL,
    replica bytea,
    generation bigint NOT NULL,
    rotated_ms bigint NOT NULL,
    created_ms bigint NOT NULL,
    ends_ms bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX session_person ON session (person, created_ms);
CREATE INDEX session_ends ON session (ends_ms);

CREATE TABLE access_token (
    hash bytea PRIMARY KEY,
    session bytea NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    expires_ms bigint NOT NULL
);
CREATE INDEX access_token_session ON access_token (session, expires_ms);

CREATE TABLE refresh_token (
    hash bytea PRIMARY KEY,
    session bytea NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    generation bigint NOT NULL
);
CREATE INDEX refresh_token_session ON refresh_token (session, generation);

CREATE TABLE pairing (
    person bytea PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    code bytea NOT NULL UNIQUE,
    session bytea NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    network text,
    expires_ms bigint NOT NULL,
    claim bytea,
    claim_kind text,
    claim_name text,
    claim_network text,
    confirmed bigint NOT NULL DEFAULT 0,
    paired bytea,
    grants text NOT NULL DEFAULT 'extension'
);
CREATE INDEX pairing_session ON pairing (session);
CREATE INDEX pairing_expires ON pairing (expires_ms);
CREATE INDEX pairing_network ON pairing (network, expires_ms);

CREATE TABLE replica (
    id bytea PRIMARY KEY,
    person bytea NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    registered_ms bigint NOT NULL
);
CREATE INDEX replica_person ON replica (person, registered_ms);

CREATE TABLE audit (
    "row" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_ms bigint NOT NULL,
    event text NOT NULL,
    person bytea NOT NULL,
    session bytea,
    network text
);
CREATE INDEX audit_at ON audit (at_ms);
CREATE INDEX audit_person ON audit (person, "row");
CREATE INDEX audit_event ON audit (person, event, "row");

CREATE TABLE job (
    id bytea PRIMARY KEY,
    person bytea NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind text NOT NULL,
    state text NOT NULL,
    request text NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    new_count bigint NOT NULL DEFAULT 0,
    known_count bigint NOT NULL DEFAULT 0,
    refused_count bigint NOT NULL DEFAULT 0,
    skipped_count bigint NOT NULL DEFAULT 0,
    detail text,
    failure_code text,
    failure_message text,
    created_ms bigint NOT NULL,
    started_ms bigint,
    finished_ms bigint
) WITH (fillfactor = 70);
CREATE INDEX job_person ON job (person, kind, created_ms);
CREATE INDEX job_unfinished ON job (kind, created_ms) WHERE finished_ms IS NULL;
CREATE INDEX job_finished ON job (finished_ms) WHERE finished_ms IS NOT NULL;

CREATE TABLE blob_sweep (
    person bytea PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    due_ms bigint NOT NULL
);
CREATE INDEX blob_sweep_due ON blob_sweep (due_ms);

-- How often something was done since `began_ms`; from `ends_ms` on it counts anew. A key is a hash: it names nobody.
CREATE TABLE budget (
    key bytea PRIMARY KEY,
    began_ms bigint NOT NULL,
    ends_ms bigint NOT NULL,
    spent bigint NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX budget_ends ON budget (ends_ms);

-- The one data directory that has the journals of these people.
CREATE TABLE journals_holder (
    id bigint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    directory bytea NOT NULL,
    bound_ms bigint NOT NULL
);
