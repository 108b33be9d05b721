-- A state that returns, such as a level of management that falls silent once more, is a
-- violation of its own: again is how many times it was there before. stable_id is the
-- name that plan and JSON give it; empty for what was opened before there were any, and
-- of people who were erased, because it could be told from who they were.
ALTER TABLE violation ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE violation ADD COLUMN stable_id TEXT NOT NULL DEFAULT '';

DROP VIEW v_violations;
CREATE VIEW v_violations AS
SELECT v.id AS violation, v.program, v.person, coalesce(p.name, '') AS name, v.kind, v.subject, v.at,
       v.opened, v.state, v.ended, v.evidence, v.because, v.ending AS ended_because,
       CASE WHEN v.kind IN ('briefing_substituted', 'component_missing', 'completed_early', 'hold_not_effective', 'release_stuck') THEN 'high'
            WHEN v.kind IN ('share_overdue', 'showcase_stale', 'level_silent') THEN 'low'
            ELSE 'medium' END AS severity,
       v.stable_id, v.again
FROM violation v
LEFT JOIN person p ON p.id = v.person;
