-- What a person says of the columns of files that no layout knows, by the header of those files.
CREATE TABLE mapping (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    name TEXT,
    header TEXT,
    map TEXT,
    options TEXT
) STRICT;
