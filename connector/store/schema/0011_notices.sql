-- Messages to leaders, learners and operators: who was told what about which matters
-- (JSON), and how far that is. Texts are in none of them. person is empty for operators.
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
CREATE INDEX notice_at ON notice (at);
CREATE INDEX notice_person ON notice (person);
