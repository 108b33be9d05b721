-- When the person was last decided to wait, also once they wait no more: what a leader
-- had done by then opened nothing, so that it is no news afterwards. Empty: never.
ALTER TABLE decision ADD COLUMN waited TEXT NOT NULL DEFAULT '';
UPDATE decision SET waited = since WHERE verdict = 'hold';
