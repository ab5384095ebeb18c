-- The trade that was deleted when a fill was set aside: its fills come back together when something written of it stands.
ALTER TABLE fill ADD COLUMN aside_with BLOB;
CREATE INDEX fill_aside ON fill (aside_with) WHERE aside_with IS NOT NULL;
