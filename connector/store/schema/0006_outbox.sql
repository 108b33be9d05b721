-- What people share, on its way to the record store. A row goes once it was read back
-- from there: the record store is where it counts.
CREATE TABLE outbox (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  statement TEXT NOT NULL UNIQUE,
  person    TEXT NOT NULL,
  object    TEXT NOT NULL,
  body      TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('review', 'returned', 'waiting', 'sent', 'refused')),
  due       TEXT NOT NULL,
  tries     INTEGER NOT NULL DEFAULT 0,
  problem   TEXT NOT NULL DEFAULT '',
  note      TEXT NOT NULL DEFAULT '',
  looked    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_object ON outbox (object);
