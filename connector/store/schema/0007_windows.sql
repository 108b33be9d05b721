-- When the window opens that a refused plan waits for besides; '': for none.
ALTER TABLE refusal ADD COLUMN opens TEXT NOT NULL DEFAULT '';
