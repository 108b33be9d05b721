-- Walks through a record source beside the one that follows it: what is read
-- again, for whom, and how far.
CREATE TABLE walk (
  source     TEXT NOT NULL,
  purpose    TEXT NOT NULL,
  contract   TEXT NOT NULL,
  since      TEXT NOT NULL,
  cursor     TEXT NOT NULL,
  statements INTEGER NOT NULL DEFAULT 0,
  fresh      INTEGER NOT NULL DEFAULT 0,
  newest     TEXT NOT NULL DEFAULT '',
  begun      TEXT NOT NULL,
  done       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (source, purpose)
) STRICT, WITHOUT ROWID;

-- The contract for which the history of a programme was last read to its end.
CREATE TABLE history (
  source   TEXT NOT NULL,
  program  TEXT NOT NULL,
  contract TEXT NOT NULL,
  read     TEXT NOT NULL,
  PRIMARY KEY (source, program)
) STRICT, WITHOUT ROWID;

-- Who vouches for the statements of a source, and when their last one was stored.
CREATE TABLE emitter (
  source  TEXT NOT NULL,
  emitter TEXT NOT NULL,
  newest  TEXT NOT NULL,
  PRIMARY KEY (source, emitter)
) STRICT, WITHOUT ROWID;
