-- Gates of cohorts that were opened: they stay open. unit is the department, or ''.
CREATE TABLE gate (
  program TEXT NOT NULL,
  unit    TEXT NOT NULL,
  opened  TEXT NOT NULL,
  PRIMARY KEY (program, unit)
) STRICT, WITHOUT ROWID;

-- The word of somebody that a person has completed the course.
CREATE TABLE attest (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  program     TEXT NOT NULL,
  person      TEXT NOT NULL,
  done        TEXT NOT NULL,
  attested_by TEXT NOT NULL,
  reason      TEXT NOT NULL,
  at          TEXT NOT NULL
) STRICT;

-- States of now, replaced as a whole by each cycle in which they differ.
CREATE TABLE requirement (
  program    TEXT NOT NULL,
  person     TEXT NOT NULL,
  name       TEXT NOT NULL,
  met        TEXT NOT NULL,
  statements TEXT NOT NULL,
  witness    TEXT NOT NULL,
  PRIMARY KEY (program, person, name)
) STRICT, WITHOUT ROWID;

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

CREATE VIEW v_requirements AS
SELECT r.program, r.person, coalesce(p.name, '') AS name, r.name AS requirement, r.met, r.statements, r.witness
FROM requirement r
LEFT JOIN person p ON p.id = r.person;

CREATE VIEW v_showcase AS
SELECT u.program, u.author AS person, coalesce(p.name, '') AS name, u.level, u.at AS shared, u.state, u.counts,
       u.statement, u.body
FROM use_case u
LEFT JOIN person p ON p.id = u.author;

CREATE VIEW v_attests AS
SELECT a.id AS attest, a.program, a.person, coalesce(p.name, '') AS name, a.done, a.attested_by, a.reason, a.at
FROM attest a
LEFT JOIN person p ON p.id = a.person;
