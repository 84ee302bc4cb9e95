-- Histories of metrics, packed (core/tracking/pack-points.ts). A commit adds one row for all that a run logged since
-- the one before it; `total` counts the points of these rows so far. They are folded into chunks by key, and end there.
CREATE TABLE metric_batch (
  run    INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  total  INTEGER NOT NULL,
  data   BLOB NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- Up to 4,096 points of a key; `sequence` is the place of the first among them. A history is what metric_point has of
-- it (nothing is added there any more), then its chunks, then what the batches hold.
CREATE TABLE metric_chunk (
  run      INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  key      INTEGER NOT NULL REFERENCES metric_key(number),
  sequence INTEGER NOT NULL,
  points   INTEGER NOT NULL,
  data     BLOB NOT NULL,
  PRIMARY KEY (run, key, sequence)
) STRICT, WITHOUT ROWID;

-- A metric of all runs is read in their order, and its newest value changes in place.
DROP INDEX metric_latest_by_value;
CREATE INDEX metric_latest_by_key ON metric_latest(key, run, value);
