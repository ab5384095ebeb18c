-- Work that goes on when whoever asked for it has their answer, and after a restart: imports of files.
--
-- `kind` says what is to be done, `request` how (JSON of that kind), `detail` what came of it besides the counts.
-- `done` and `total` are in units of the kind: bytes of a file. `attempts` counts starts that did not end in order.
CREATE TABLE job (
    id BLOB PRIMARY KEY NOT NULL,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    request TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    new_count INTEGER NOT NULL DEFAULT 0,
    known_count INTEGER NOT NULL DEFAULT 0,
    refused_count INTEGER NOT NULL DEFAULT 0,
    skipped_count INTEGER NOT NULL DEFAULT 0,
    detail TEXT,
    failure_code TEXT,
    failure_message TEXT,
    created_ms INTEGER NOT NULL,
    started_ms INTEGER,
    finished_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX job_person ON job (person, kind, created_ms);
CREATE INDEX job_unfinished ON job (kind, created_ms) WHERE finished_ms IS NULL;
CREATE INDEX job_finished ON job (finished_ms) WHERE finished_ms IS NOT NULL;
