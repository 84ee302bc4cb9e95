CREATE TABLE sweep (
  number     INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  state      TEXT NOT NULL CHECK (state IN ('running','completed','failed','canceled')),
  started_at TEXT NOT NULL,
  ended_at   TEXT,
  failure    TEXT,
  -- who executes it; RUNNING is believed only while that process lives
  owner      TEXT NOT NULL,
  -- canonical JSON of domain SweepPlan: all that it takes to go on after a crash
  plan       TEXT NOT NULL
) STRICT;

-- `asked` and `told` count what was asked of a search that learns and told to it, in that order over the whole sweep:
-- saying the same again in the same order brings it to where it was.
CREATE TABLE trial (
  sweep      INTEGER NOT NULL REFERENCES sweep(number) ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('queued','running','completed','failed','stopped','canceled')),
  params     TEXT NOT NULL,
  -- the id of its run; of the last one when it was tried again
  run        TEXT,
  value      REAL,
  iteration  INTEGER,
  failure    TEXT,
  asked      INTEGER NOT NULL,
  told       INTEGER,
  started_at TEXT,
  ended_at   TEXT,
  PRIMARY KEY (sweep, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX trial_by_run ON trial(run) WHERE run IS NOT NULL;
