-- What one person, or a stranger, can make on this server is bounded.

-- What a code gives is chosen by who makes it, whatever the claimant calls itself. Codes that live now were meant for an
-- extension as far as anybody can tell.
ALTER TABLE pairing ADD COLUMN grants TEXT NOT NULL DEFAULT 'extension';
CREATE INDEX pairing_expires ON pairing (expires_ms);
CREATE INDEX pairing_network ON pairing (network, expires_ms);

-- A session that was ended is gone with its tokens: what happened to it stands in `audit`.
DELETE FROM session WHERE revoked_ms IS NOT NULL;
ALTER TABLE session DROP COLUMN revoked_ms;

-- To find the oldest of each, which make room for new ones.
DROP INDEX access_token_session;
CREATE INDEX access_token_session ON access_token (session, expires_ms);
DROP INDEX refresh_token_session;
CREATE INDEX refresh_token_session ON refresh_token (session, generation);
CREATE INDEX audit_event ON audit (person, event, row);
DROP INDEX replica_person;
CREATE INDEX replica_person ON replica (person, registered_ms);

-- Whose images are to be looked through, and from when on: bytes that came only in part, or that no image names.
CREATE TABLE blob_sweep (
    person BLOB PRIMARY KEY NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    due_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_sweep_due ON blob_sweep (due_ms);
