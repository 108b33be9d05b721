-- Times are text, RFC 3339 in UTC with nine digits of fraction, so that text sorts
-- as time does; '' is "not yet" or "not known". Everything is held to the syntax of
-- SQLite 3.40, so that the sqlite3 of a distribution opens the file.

-- The log. Public: no personal data. Append-only.
CREATE TABLE log (
  seq        INTEGER PRIMARY KEY,
  at         TEXT NOT NULL,
  kind       TEXT NOT NULL,
  program    TEXT NOT NULL,
  target     TEXT NOT NULL,
  person     TEXT NOT NULL,
  body       TEXT NOT NULL,
  commitment BLOB,
  leaf       BLOB NOT NULL
) STRICT;
CREATE INDEX log_kind ON log (kind, seq);

CREATE TRIGGER log_no_update BEFORE UPDATE ON log
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
-- INSERT OR REPLACE passes the trigger against DELETE on connections that do not
-- set recursive_triggers; this one stops it for every client.
CREATE TRIGGER log_no_replace BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

-- What the log only commits to. Rows are destroyed by erasure and never changed.
CREATE TABLE log_personal (
  seq     INTEGER PRIMARY KEY REFERENCES log (seq),
  salt    BLOB NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE TRIGGER log_personal_no_update BEFORE UPDATE ON log_personal
BEGIN SELECT raise(ABORT, 'personal content can be erased and not changed'); END;
CREATE TRIGGER log_personal_no_replace BEFORE INSERT ON log_personal
WHEN NEW.seq IS NOT (SELECT max(seq) FROM log) OR EXISTS (SELECT 1 FROM log_personal WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'personal content can be erased and not changed'); END;

-- Signed heads of the log: size entries have the root that the note says. They prove
-- something once a copy of them has left the machine.
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  at   TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint
WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoint)
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;

-- The right edge of the tree at the last checkpoint, so that the next one costs what
-- is new. Verifying never uses it.
CREATE TABLE tree (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,
  edge BLOB NOT NULL
) STRICT;

-- Who the references of the log are, with what HR last said.
CREATE TABLE person (
  id         TEXT PRIMARY KEY,
  ref        TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL DEFAULT '',
  email      TEXT NOT NULL DEFAULT '',
  manager    TEXT NOT NULL DEFAULT '',
  department TEXT NOT NULL DEFAULT '',
  status     TEXT NOT NULL DEFAULT '',
  present    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE configuration (
  id       INTEGER PRIMARY KEY,
  at       TEXT NOT NULL,
  hash     TEXT NOT NULL,
  decides  TEXT NOT NULL,
  programs TEXT NOT NULL,
  redacted TEXT NOT NULL
) STRICT;

-- What is read, and how far.
CREATE TABLE source (
  name     TEXT PRIMARY KEY,
  kind     TEXT NOT NULL,
  contract TEXT NOT NULL DEFAULT '',
  cursor   TEXT NOT NULL DEFAULT '',
  through  INTEGER NOT NULL DEFAULT 0,
  read     TEXT NOT NULL DEFAULT ''
) STRICT;

-- The actors and authorities of statements. Personal: erased here, in one place.
CREATE TABLE actor (
  id    INTEGER PRIMARY KEY,
  value TEXT NOT NULL,
  body  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE evidence (
  source    TEXT NOT NULL,
  stored    TEXT NOT NULL,
  statement TEXT NOT NULL,
  at        TEXT NOT NULL,
  kind      TEXT NOT NULL,
  verb      TEXT NOT NULL,
  object    TEXT NOT NULL,
  actor     INTEGER NOT NULL REFERENCES actor (id),
  authority INTEGER NOT NULL REFERENCES actor (id),
  digest    TEXT NOT NULL,
  more      TEXT NOT NULL,
  learnt    INTEGER NOT NULL REFERENCES log (seq),
  PRIMARY KEY (source, stored, statement)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_learnt ON evidence (learnt);
CREATE INDEX evidence_actor ON evidence (actor);
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'evidence can be erased and not changed'); END;
CREATE TRIGGER evidence_no_replace BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence WHERE source = NEW.source AND stored = NEW.stored AND statement = NEW.statement)
BEGIN SELECT raise(ABORT, 'evidence can be erased and not changed'); END;

-- One statement id that came with two contents; the first one counts.
CREATE TABLE evidence_conflict (
  source    TEXT NOT NULL,
  statement TEXT NOT NULL,
  digest    TEXT NOT NULL,
  kept      TEXT NOT NULL,
  at        TEXT NOT NULL,
  PRIMARY KEY (source, statement, digest)
) STRICT, WITHOUT ROWID;

-- Statements that could not be read; kept for thirty days.
CREATE TABLE quarantined (
  id        INTEGER PRIMARY KEY,
  source    TEXT NOT NULL,
  digest    TEXT NOT NULL,
  statement TEXT NOT NULL,
  problem   TEXT NOT NULL,
  raw       BLOB NOT NULL,
  at        TEXT NOT NULL,
  UNIQUE (source, digest)
) STRICT;
CREATE INDEX quarantined_at ON quarantined (at);

-- Organisations as HR gave them: accepted ones for good, quarantined ones until
-- they are approved or overtaken. The rows of people are shared between snapshots.
CREATE TABLE snapshot (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  state       TEXT NOT NULL CHECK (state IN ('accepted', 'quarantined')),
  source      TEXT NOT NULL,
  digest      TEXT NOT NULL,
  content     BLOB NOT NULL,
  at          TEXT NOT NULL,
  read        TEXT NOT NULL,
  made        TEXT NOT NULL,
  people      INTEGER NOT NULL,
  body        TEXT NOT NULL,
  because     TEXT NOT NULL DEFAULT '[]',
  approved    TEXT NOT NULL DEFAULT '',
  approved_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX snapshot_quarantined ON snapshot (digest) WHERE state = 'quarantined';

CREATE TABLE person_state (
  id     INTEGER PRIMARY KEY,
  hash   BLOB NOT NULL UNIQUE,
  person TEXT NOT NULL,
  body   TEXT NOT NULL
) STRICT;
CREATE INDEX person_state_person ON person_state (person);

CREATE TABLE snapshot_person (
  snapshot INTEGER NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  state    INTEGER NOT NULL REFERENCES person_state (id),
  PRIMARY KEY (snapshot, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_person_state ON snapshot_person (state);

-- What the platforms have shown, when a cycle relied on it: dated by log entries.
-- gone is 0 for what was seen last.
CREATE TABLE enrolment (
  id     INTEGER PRIMARY KEY,
  target TEXT NOT NULL,
  row    TEXT NOT NULL,
  body   TEXT NOT NULL,
  first  INTEGER NOT NULL REFERENCES log (seq),
  gone   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX enrolment_now ON enrolment (target, row) WHERE gone = 0;
CREATE INDEX enrolment_first ON enrolment (first);

-- The decision that was logged last, of each person and programme.
CREATE TABLE decision (
  program TEXT NOT NULL,
  person  TEXT NOT NULL,
  verdict TEXT NOT NULL,
  row     INTEGER NOT NULL,
  because TEXT NOT NULL,
  waits   TEXT NOT NULL,
  since   TEXT NOT NULL,
  seq     INTEGER NOT NULL REFERENCES log (seq),
  PRIMARY KEY (program, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE standing (
  program  TEXT NOT NULL,
  person   TEXT NOT NULL,
  started  TEXT NOT NULL,
  start_by TEXT NOT NULL,
  released TEXT NOT NULL,
  PRIMARY KEY (program, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  program     TEXT NOT NULL,
  target      TEXT NOT NULL,
  row         TEXT NOT NULL,
  account     TEXT NOT NULL,
  person      TEXT NOT NULL,
  intended    TEXT NOT NULL,
  intent      INTEGER NOT NULL REFERENCES log (seq),
  seen        TEXT NOT NULL DEFAULT '',
  ineffective INTEGER NOT NULL DEFAULT 0,
  sent        INTEGER NOT NULL DEFAULT 0,
  missing     TEXT NOT NULL DEFAULT '',
  closed      TEXT NOT NULL DEFAULT '',
  because     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX hold_open ON hold (program, target, row) WHERE closed = '';

CREATE TABLE override (
  program TEXT NOT NULL,
  target  TEXT NOT NULL,
  row     TEXT NOT NULL,
  person  TEXT NOT NULL,
  at      TEXT NOT NULL,
  PRIMARY KEY (program, target, row)
) STRICT, WITHOUT ROWID;

-- Every change that was ever intended, under the number of its log entry.
CREATE TABLE change (
  intent   INTEGER PRIMARY KEY REFERENCES log (seq),
  at       TEXT NOT NULL,
  program  TEXT NOT NULL,
  target   TEXT NOT NULL,
  row      TEXT NOT NULL,
  account  TEXT NOT NULL,
  person   TEXT NOT NULL,
  move     TEXT NOT NULL,
  was      TEXT NOT NULL,
  wanted   TEXT NOT NULL,
  cause    TEXT NOT NULL,
  because  TEXT NOT NULL,
  hold     INTEGER REFERENCES hold (id),
  approved TEXT NOT NULL DEFAULT '',
  result   TEXT NOT NULL DEFAULT '',
  seen     TEXT NOT NULL DEFAULT '',
  error    TEXT NOT NULL DEFAULT '',
  settled  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX change_at ON change (at);
CREATE INDEX change_unanswered ON change (intent) WHERE result = '';
CREATE INDEX change_hold ON change (hold);

CREATE TABLE violation (
  id       INTEGER PRIMARY KEY,
  program  TEXT NOT NULL,
  person   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  at       TEXT NOT NULL,
  opened   TEXT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'retracted')),
  ended    TEXT NOT NULL DEFAULT '',
  evidence TEXT NOT NULL,
  because  TEXT NOT NULL,
  ending   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX violation_open ON violation (program, person, kind, subject) WHERE state = 'open';
CREATE INDEX violation_key ON violation (program, person, kind, subject);

-- States of now, replaced as a whole by each cycle in which they differ.
CREATE TABLE finding (
  program TEXT NOT NULL,
  person  TEXT NOT NULL,
  code    TEXT NOT NULL,
  detail  TEXT NOT NULL
) STRICT;

CREATE TABLE leader (
  program   TEXT NOT NULL,
  person    TEXT NOT NULL,
  level     INTEGER NOT NULL,
  reports   INTEGER NOT NULL,
  waiting   INTEGER NOT NULL,
  completed TEXT NOT NULL,
  qualified INTEGER NOT NULL,
  waived    INTEGER NOT NULL,
  PRIMARY KEY (program, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE waiver (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       TEXT NOT NULL,
  program    TEXT NOT NULL,
  person     TEXT NOT NULL,
  reason     TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  starts     TEXT NOT NULL,
  expires    TEXT NOT NULL,
  revoked    TEXT NOT NULL DEFAULT ''
) STRICT;

-- Plans that the guard did not let through, and what they would have changed. Such
-- a plan waits for days and differs little from one cycle to the next: a change
-- belongs to the plans from number first on, to but not with number gone (0: it is
-- in the last one).
CREATE TABLE refusal (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  digest  TEXT NOT NULL UNIQUE,
  at      TEXT NOT NULL,
  seq     INTEGER NOT NULL REFERENCES log (seq),
  program TEXT NOT NULL,
  move    TEXT NOT NULL,
  because TEXT NOT NULL,
  changes INTEGER NOT NULL
) STRICT;
CREATE INDEX refusal_of ON refusal (program, move, number);

CREATE TABLE refused (
  id      INTEGER PRIMARY KEY,
  program TEXT NOT NULL,
  move    TEXT NOT NULL,
  person  TEXT NOT NULL,
  change  TEXT NOT NULL,
  first   INTEGER NOT NULL,
  gone    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX refused_of ON refused (program, move, gone);

CREATE TABLE approval (
  digest      TEXT PRIMARY KEY,
  at          TEXT NOT NULL,
  expires     TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  reason      TEXT NOT NULL,
  program     TEXT NOT NULL,
  move        TEXT NOT NULL,
  changes     TEXT NOT NULL,
  seq         INTEGER NOT NULL REFERENCES log (seq),
  used        TEXT NOT NULL DEFAULT '',
  used_seq    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What is latched of each programme.
CREATE TABLE program (
  id       TEXT PRIMARY KEY,
  paused   TEXT NOT NULL DEFAULT '',
  enforced TEXT NOT NULL DEFAULT ''
) STRICT;

-- What operators ask for. The only table that a command writes beside a daemon.
CREATE TABLE request (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind    TEXT NOT NULL,
  program TEXT NOT NULL,
  at      TEXT NOT NULL,
  act     TEXT NOT NULL,
  done    TEXT NOT NULL DEFAULT '',
  answer  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX request_waiting ON request (id) WHERE done = '';
