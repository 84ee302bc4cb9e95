-- Past runs that were executed again and compared; every proof is kept, the newest is shown first.
CREATE TABLE proof (
  number  INTEGER PRIMARY KEY,
  run     INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  at      TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('identical','withinTolerance','differs')),
  -- canonical JSON of domain Proof
  detail  TEXT NOT NULL
) STRICT;
CREATE INDEX proof_by_run ON proof(run, number DESC);
