-- Versions of datasets: what files a name stood for, and under which terms. A version never changes.
CREATE TABLE dataset_version (
  number  INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest  TEXT NOT NULL,
  at      TEXT NOT NULL,
  -- the run that read it first; no reference, since runs may be taken away and versions stay
  run     TEXT,
  by      TEXT NOT NULL,
  file_count INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  -- canonical JSON: path pattern and terms as slipway.toml had them
  detail  TEXT NOT NULL,
  UNIQUE (name, version)
) STRICT;
CREATE INDEX dataset_version_by_digest ON dataset_version(digest);

-- Digests are 32 bytes here: a dataset may have a great many files.
CREATE TABLE dataset_file (
  dataset INTEGER NOT NULL REFERENCES dataset_version(number) ON DELETE CASCADE,
  path    TEXT NOT NULL,
  digest  BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  -- whether its bytes went into the store
  kept    INTEGER NOT NULL CHECK (kept IN (0, 1)),
  PRIMARY KEY (dataset, path)
) STRICT, WITHOUT ROWID;

-- Rows, schema and statistics by the files' digest. Losing a row costs time, nothing else.
CREATE TABLE dataset_profile (
  digest TEXT PRIMARY KEY,
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which version a step of a run read.
CREATE TABLE dataset_use (
  run     TEXT NOT NULL,
  step    TEXT NOT NULL,
  dataset INTEGER NOT NULL REFERENCES dataset_version(number) ON DELETE CASCADE,
  PRIMARY KEY (run, step, dataset)
) STRICT, WITHOUT ROWID;
CREATE INDEX dataset_use_by_dataset ON dataset_use(dataset);
