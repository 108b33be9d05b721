-- An approval of a part of a refused plan: the rest goes on asking.
ALTER TABLE approval ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
