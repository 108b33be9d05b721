-- An organisation that has been followed by another one is kept by its differences from
-- that one: later is its number, or 0 while the people are there whole. A row of
-- people then is either one person, as always, or, where alike is not 0, that many
-- people who stand as they do in the later organisation from position later_at on;
-- state is that of the first of them.
ALTER TABLE snapshot ADD COLUMN later INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_person ADD COLUMN alike INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snapshot_person ADD COLUMN later_at INTEGER NOT NULL DEFAULT 0;
