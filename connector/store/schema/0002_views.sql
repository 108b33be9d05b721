-- For auditors. README.md beside the store explains every column. Names are what HR
-- last said; they are '' once they have been erased.

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

CREATE VIEW v_violations AS
SELECT v.id AS violation, v.program, v.person, coalesce(p.name, '') AS name, v.kind, v.subject, v.at,
       v.opened, v.state, v.ended, v.evidence, v.because, v.ending AS ended_because
FROM violation v
LEFT JOIN person p ON p.id = v.person;

CREATE VIEW v_decisions AS
SELECT d.program, d.person, coalesce(p.name, '') AS name, d.verdict, d.row AS table_row, d.because,
       CASE WHEN d.verdict = 'hold' THEN d.waits ELSE '[]' END AS waits_for, d.since, d.seq
FROM decision d
LEFT JOIN person p ON p.id = d.person;

CREATE VIEW v_changes AS
SELECT c.intent, c.at AS intended, c.program, c.target, c.row AS enrolment, c.person,
       coalesce(p.name, '') AS name, c.move, c.was, c.wanted, c.cause, c.because, c.approved AS approved_plan,
       CASE WHEN c.result = '' THEN 'unanswered' ELSE c.result END AS result, c.seen, c.error, c.settled, c.hold
FROM change c
LEFT JOIN person p ON p.id = c.person;

CREATE VIEW v_leaders AS
SELECT l.program, l.person, coalesce(p.name, '') AS name, l.level, l.reports, l.waiting, l.completed,
       l.qualified, l.waived
FROM leader l
LEFT JOIN person p ON p.id = l.person;

CREATE VIEW v_threshold AS
SELECT program, count(*) AS leaders, sum(qualified) AS qualified, sum(waived) AS waived,
       sum(completed = '') AS not_completed, min(qualified OR waived) AND sum(qualified) > 0 AS all_qualified
FROM leader
GROUP BY program;

CREATE VIEW v_evidence AS
SELECT e.source, e.statement, e.stored, e.at, a.value AS actor, e.kind, e.verb, e.object, e.digest, e.more,
       l.at AS learnt, e.learnt AS seq
FROM evidence e
LEFT JOIN log l ON l.seq = e.learnt
LEFT JOIN actor a ON a.id = e.actor;

CREATE VIEW v_waivers AS
SELECT w.id AS waiver, w.kind, w.program, w.person, coalesce(p.name, '') AS name, w.reason, w.granted_by,
       w.starts, w.expires, w.revoked
FROM waiver w
LEFT JOIN person p ON p.id = w.person;

CREATE VIEW v_findings AS
SELECT f.code, f.program, f.person, coalesce(p.name, '') AS name, f.detail
FROM finding f
LEFT JOIN person p ON p.id = f.person;

CREATE VIEW v_log AS
SELECT l.seq, l.at, l.kind, l.program, l.target, coalesce(p.id, '') AS person, coalesce(p.name, '') AS name,
       l.body, coalesce(c.content, '') AS personal,
       (SELECT json_group_object(o.ref, o.id || ' ' || o.name) FROM person o
        WHERE o.ref IN (SELECT j.atom FROM json_tree(c.content) j)) AS people,
       l.commitment IS NOT NULL AND c.seq IS NULL AS erased
FROM log l
LEFT JOIN person p ON p.ref = l.person
LEFT JOIN log_personal c ON c.seq = l.seq;
