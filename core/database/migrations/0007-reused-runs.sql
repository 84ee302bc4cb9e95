-- A run of which every result was reused, whole in one short row, until what follows from it (its params, tags, step
-- runs, artifacts, metrics and edges) is written too: in the same transaction this row goes.
CREATE TABLE reused_run (
  run    INTEGER PRIMARY KEY REFERENCES run(number) ON DELETE CASCADE,
  -- canonical JSON: {params: [[key, value]], tags: [[key, value]], steps: [[stepRunId, step, reuses, savedMs]]}
  detail TEXT NOT NULL
) STRICT;
