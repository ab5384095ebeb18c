-- How a person wants their figures: one row at most, under an id that every device derives. What was never set is NULL.
CREATE TABLE settings (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    presence INTEGER NOT NULL DEFAULT 0,
    zone TEXT,
    base_currency TEXT,
    start_of_day INTEGER,
    basis TEXT,
    start_balance TEXT
) STRICT;
