CREATE INDEX change_at ON change (at);

CREATE INDEX change_hold ON change (hold);

CREATE INDEX change_unanswered ON change (intent) WHERE result = '';

CREATE INDEX enrolment_first ON enrolment (first);

CREATE UNIQUE INDEX enrolment_now ON enrolment (target, row) WHERE gone = 0;

CREATE INDEX evidence_actor ON evidence (actor);

CREATE INDEX evidence_learnt ON evidence (learnt);

CREATE UNIQUE INDEX hold_open ON hold (program, target, row) WHERE closed = '';

CREATE INDEX log_kind ON log (kind, seq);

CREATE INDEX notice_at ON notice (at);

CREATE INDEX notice_person ON notice (person);

CREATE INDEX outbox_object ON outbox (object);

CREATE INDEX person_state_person ON person_state (person);

CREATE INDEX quarantined_at ON quarantined (at);

CREATE INDEX refusal_of ON refusal (program, move, number);

CREATE INDEX refused_of ON refused (program, move, gone);

CREATE INDEX request_waiting ON request (id) WHERE done = '';

CREATE INDEX snapshot_person_state ON snapshot_person (state);

CREATE UNIQUE INDEX snapshot_quarantined ON snapshot (digest) WHERE state = 'quarantined';

CREATE INDEX violation_key ON violation (program, person, kind, subject);

CREATE UNIQUE INDEX violation_open ON violation (program, person, kind, subject) WHERE state = 'open';

CREATE TABLE actor (
  id    INTEGER PRIMARY KEY,
  value TEXT NOT NULL,
  body  TEXT NOT NULL UNIQUE
) STRICT;

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
, part INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE attest (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  program     TEXT NOT NULL,
  person      TEXT NOT NULL,
  done        TEXT NOT NULL,
  attested_by TEXT NOT NULL,
  reason      TEXT NOT NULL,
  at          TEXT NOT NULL
) STRICT;

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

CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  at   TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TABLE configuration (
  id       INTEGER PRIMARY KEY,
  at       TEXT NOT NULL,
  hash     TEXT NOT NULL,
  decides  TEXT NOT NULL,
  programs TEXT NOT NULL,
  redacted TEXT NOT NULL
) STRICT;

CREATE TABLE decision (
  program TEXT NOT NULL,
  person  TEXT NOT NULL,
  verdict TEXT NOT NULL,
  row     INTEGER NOT NULL,
  because TEXT NOT NULL,
  waits   TEXT NOT NULL,
  since   TEXT NOT NULL,
  seq     INTEGER NOT NULL REFERENCES log (seq), waited TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (program, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE emitter (
  source  TEXT NOT NULL,
  emitter TEXT NOT NULL,
  newest  TEXT NOT NULL,
  PRIMARY KEY (source, emitter)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment (
  id     INTEGER PRIMARY KEY,
  target TEXT NOT NULL,
  row    TEXT NOT NULL,
  body   TEXT NOT NULL,
  first  INTEGER NOT NULL REFERENCES log (seq),
  gone   INTEGER NOT NULL DEFAULT 0
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

CREATE TABLE evidence_conflict (
  source    TEXT NOT NULL,
  statement TEXT NOT NULL,
  digest    TEXT NOT NULL,
  kept      TEXT NOT NULL,
  at        TEXT NOT NULL,
  PRIMARY KEY (source, statement, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
  program TEXT NOT NULL,
  person  TEXT NOT NULL,
  code    TEXT NOT NULL,
  detail  TEXT NOT NULL
) STRICT;

CREATE TABLE gate (
  program TEXT NOT NULL,
  unit    TEXT NOT NULL,
  opened  TEXT NOT NULL,
  PRIMARY KEY (program, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  source   TEXT NOT NULL,
  program  TEXT NOT NULL,
  contract TEXT NOT NULL,
  read     TEXT NOT NULL,
  PRIMARY KEY (source, program)
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

CREATE TABLE log_personal (
  seq     INTEGER PRIMARY KEY REFERENCES log (seq),
  salt    BLOB NOT NULL,
  content TEXT NOT NULL
) STRICT;

CREATE TABLE notice (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind    TEXT NOT NULL,
  person  TEXT NOT NULL,
  channel TEXT NOT NULL,
  about   TEXT NOT NULL,
  at      TEXT NOT NULL,
  due     TEXT NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'unknown', 'overtaken')),
  tries   INTEGER NOT NULL DEFAULT 0,
  lost    INTEGER NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT ''
) STRICT;

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

CREATE TABLE override (
  program TEXT NOT NULL,
  target  TEXT NOT NULL,
  row     TEXT NOT NULL,
  person  TEXT NOT NULL,
  at      TEXT NOT NULL,
  PRIMARY KEY (program, target, row)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE person_state (
  id     INTEGER PRIMARY KEY,
  hash   BLOB NOT NULL UNIQUE,
  person TEXT NOT NULL,
  body   TEXT NOT NULL
) STRICT;

CREATE TABLE program (
  id       TEXT PRIMARY KEY,
  paused   TEXT NOT NULL DEFAULT '',
  enforced TEXT NOT NULL DEFAULT ''
) STRICT;

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

CREATE TABLE refusal (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  digest  TEXT NOT NULL UNIQUE,
  at      TEXT NOT NULL,
  seq     INTEGER NOT NULL REFERENCES log (seq),
  program TEXT NOT NULL,
  move    TEXT NOT NULL,
  because TEXT NOT NULL,
  changes INTEGER NOT NULL
, opens TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE refused (
  id      INTEGER PRIMARY KEY,
  program TEXT NOT NULL,
  move    TEXT NOT NULL,
  person  TEXT NOT NULL,
  change  TEXT NOT NULL,
  first   INTEGER NOT NULL,
  gone    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE request (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind    TEXT NOT NULL,
  program TEXT NOT NULL,
  at      TEXT NOT NULL,
  act     TEXT NOT NULL,
  done    TEXT NOT NULL DEFAULT '',
  answer  TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE requirement (
  program    TEXT NOT NULL,
  person     TEXT NOT NULL,
  name       TEXT NOT NULL,
  met        TEXT NOT NULL,
  statements TEXT NOT NULL,
  witness    TEXT NOT NULL,
  PRIMARY KEY (program, person, name)
) STRICT, WITHOUT ROWID;

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
, later INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE snapshot_person (
  snapshot INTEGER NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  state    INTEGER NOT NULL REFERENCES person_state (id), alike INTEGER NOT NULL DEFAULT 0, later_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (snapshot, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
  name     TEXT PRIMARY KEY,
  kind     TEXT NOT NULL,
  contract TEXT NOT NULL DEFAULT '',
  cursor   TEXT NOT NULL DEFAULT '',
  through  INTEGER NOT NULL DEFAULT 0,
  read     TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE standing (
  program  TEXT NOT NULL,
  person   TEXT NOT NULL,
  started  TEXT NOT NULL,
  start_by TEXT NOT NULL,
  released TEXT NOT NULL,
  PRIMARY KEY (program, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE tree (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,
  edge BLOB NOT NULL
) STRICT;

CREATE TABLE use_case (
  program   TEXT NOT NULL,
  statement TEXT NOT NULL,
  author    TEXT NOT NULL,
  level     INTEGER NOT NULL,
  at        TEXT NOT NULL,
  state     TEXT NOT NULL,
  counts    INTEGER NOT NULL,
  body      TEXT NOT NULL
) STRICT;

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
, again INTEGER NOT NULL DEFAULT 0, stable_id TEXT NOT NULL DEFAULT '') STRICT;

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

CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;

CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint
WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoint)
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;

CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;

CREATE TRIGGER evidence_no_replace BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence WHERE source = NEW.source AND stored = NEW.stored AND statement = NEW.statement)
BEGIN SELECT raise(ABORT, 'evidence can be erased and not changed'); END;

CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'evidence can be erased and not changed'); END;

CREATE TRIGGER log_no_delete BEFORE DELETE ON log
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

CREATE TRIGGER log_no_replace BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

CREATE TRIGGER log_no_update BEFORE UPDATE ON log
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

CREATE TRIGGER log_personal_no_replace BEFORE INSERT ON log_personal
WHEN NEW.seq IS NOT (SELECT max(seq) FROM log) OR EXISTS (SELECT 1 FROM log_personal WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'personal content can be erased and not changed'); END;

CREATE TRIGGER log_personal_no_update BEFORE UPDATE ON log_personal
BEGIN SELECT raise(ABORT, 'personal content can be erased and not changed'); END;

CREATE VIEW v_attests AS
SELECT a.id AS attest, a.program, a.person, coalesce(p.name, '') AS name, a.done, a.attested_by, a.reason, a.at
FROM attest a
LEFT JOIN person p ON p.id = a.person;

CREATE VIEW v_changes AS
SELECT c.intent, c.at AS intended, c.program, c.target, c.row AS enrolment, c.person,
       coalesce(p.name, '') AS name, c.move, c.was, c.wanted, c.cause, c.because, c.approved AS approved_plan,
       CASE WHEN c.result = '' THEN 'unanswered' ELSE c.result END AS result, c.seen, c.error, c.settled, c.hold
FROM change c
LEFT JOIN person p ON p.id = c.person;

CREATE VIEW v_decisions AS
SELECT d.program, d.person, coalesce(p.name, '') AS name, d.verdict, d.row AS table_row, d.because,
       CASE WHEN d.verdict = 'hold' THEN d.waits ELSE '[]' END AS waits_for, d.since, d.seq
FROM decision d
LEFT JOIN person p ON p.id = d.person;

CREATE VIEW v_evidence AS
SELECT e.source, e.statement, e.stored, e.at, a.value AS actor, e.kind, e.verb, e.object, e.digest, e.more,
       l.at AS learnt, e.learnt AS seq
FROM evidence e
LEFT JOIN log l ON l.seq = e.learnt
LEFT JOIN actor a ON a.id = e.actor;

CREATE VIEW v_findings AS
SELECT f.code, f.program, f.person, coalesce(p.name, '') AS name, f.detail
FROM finding f
LEFT JOIN person p ON p.id = f.person;

CREATE VIEW v_holds AS
SELECT h.id AS hold, h.program, h.target, h.row AS enrolment, h.person, coalesce(p.name, '') AS name,
       h.intended, h.seen, h.closed,
       CASE WHEN h.closed <> '' THEN 'closed'
            WHEN h.ineffective THEN 'ineffective'
            WHEN h.seen = '' THEN 'intended'
            ELSE 'in place' END AS state,
       CASE WHEN h.closed = '' AND d.verdict = 'hold' THEN d.waits ELSE '[]' END AS waits_for,
       h.because AS closed_because, h.intent
FROM hold h
LEFT JOIN person p ON p.id = h.person
LEFT JOIN decision d ON d.program = h.program AND d.person = h.person;

CREATE VIEW v_leaders AS
SELECT l.program, l.person, coalesce(p.name, '') AS name, l.level, l.reports, l.waiting, l.completed,
       l.qualified, l.waived
FROM leader l
LEFT JOIN person p ON p.id = l.person;

CREATE VIEW v_log AS
SELECT l.seq, l.at, l.kind, l.program, l.target, coalesce(p.id, '') AS person, coalesce(p.name, '') AS name,
       l.body, coalesce(c.content, '') AS personal,
       (SELECT json_group_object(o.ref, o.id || ' ' || o.name) FROM person o
        WHERE o.ref IN (SELECT j.atom FROM json_tree(c.content) j)) AS people,
       l.commitment IS NOT NULL AND c.seq IS NULL AS erased
FROM log l
LEFT JOIN person p ON p.ref = l.person
LEFT JOIN log_personal c ON c.seq = l.seq;

CREATE VIEW v_requirements AS
SELECT r.program, r.person, coalesce(p.name, '') AS name, r.name AS requirement, r.met, r.statements, r.witness
FROM requirement r
LEFT JOIN person p ON p.id = r.person;

CREATE VIEW v_showcase AS
SELECT u.program, u.author AS person, coalesce(p.name, '') AS name, u.level, u.at AS shared, u.state, u.counts,
       u.statement, u.body
FROM use_case u
LEFT JOIN person p ON p.id = u.author;

CREATE VIEW v_threshold AS
SELECT program, count(*) AS leaders, sum(qualified) AS qualified, sum(waived) AS waived,
       sum(completed = '') AS not_completed, min(qualified OR waived) AND sum(qualified) > 0 AS all_qualified
FROM leader
GROUP BY program;

CREATE VIEW v_violations AS
SELECT v.id AS violation, v.program, v.person, coalesce(p.name, '') AS name, v.kind, v.subject, v.at,
       v.opened, v.state, v.ended, v.evidence, v.because, v.ending AS ended_because,
       CASE WHEN v.kind IN ('briefing_substituted', 'component_missing', 'completed_early', 'hold_not_effective', 'release_stuck') THEN 'high'
            WHEN v.kind IN ('share_overdue', 'showcase_stale', 'level_silent') THEN 'low'
            ELSE 'medium' END AS severity,
       v.stable_id, v.again
FROM violation v
LEFT JOIN person p ON p.id = v.person;

CREATE VIEW v_waivers AS
SELECT w.id AS waiver, w.kind, w.program, w.person, coalesce(p.name, '') AS name, w.reason, w.granted_by,
       w.starts, w.expires, w.revoked
FROM waiver w
LEFT JOIN person p ON p.id = w.person;
