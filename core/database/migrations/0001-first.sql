-- Times are ISO-8601 UTC text; digests are 'sha256:<hex>'; JSON columns hold canonical JSON.
-- Names that repeat in every row are kept once and referred to by a small integer.

CREATE TABLE run (
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  experiment   TEXT NOT NULL DEFAULT 'default',
  state        TEXT NOT NULL CHECK (state IN ('queued','running','completed','failed','canceled')),
  started_at   TEXT NOT NULL,
  ended_at     TEXT,
  duration_ms  REAL,
  failure      TEXT,
  environment  INTEGER REFERENCES environment(number),
  git          TEXT,
  host         TEXT,
  -- who executes it: pid, start time of that process, boot id. RUNNING is believed only while they match.
  owner        TEXT
) STRICT;
CREATE INDEX run_by_start ON run(started_at DESC, number DESC);
CREATE INDEX run_unfinished ON run(state) WHERE state IN ('queued','running');

CREATE TABLE run_tag (
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_param (
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_key (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- NaN is NULL in value with special = 'NaN'; infinities are REAL infinities, with special beside them.
CREATE TABLE metric_latest (
  key INTEGER NOT NULL REFERENCES metric_key(number),
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  value REAL, special TEXT, iteration INTEGER, at TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_latest_by_value ON metric_latest(key, value DESC, run);

CREATE TABLE metric_point (
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  key INTEGER NOT NULL REFERENCES metric_key(number),
  sequence INTEGER NOT NULL,
  value REAL, special TEXT, iteration INTEGER, at TEXT NOT NULL,
  PRIMARY KEY (run, key, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE environment (
  number INTEGER PRIMARY KEY,
  -- canonical JSON of domain Environment; unique by content
  digest TEXT NOT NULL UNIQUE,
  lock_digest TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE step_run (
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  run          INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  step         TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('queued','running','completed','failed','canceled','cached','skipped')),
  started_at   TEXT,
  ended_at     TEXT,
  duration_ms  REAL,
  peak_memory_bytes INTEGER,
  reasons      TEXT NOT NULL DEFAULT '[]',
  failure      TEXT,
  reuses       TEXT,
  saved_ms     REAL,
  owner        TEXT,
  pid          INTEGER,
  environment  INTEGER REFERENCES environment(number),
  module       TEXT,
  -- what the key was made of, so that a later plan can say what changed
  params       TEXT,
  source_digest TEXT,
  -- canonical JSON: modules known at its start [{path, digest}], artifacts it received [{name, digest}]
  sources      TEXT NOT NULL DEFAULT '[]',
  inputs       TEXT NOT NULL DEFAULT '[]',
  cache_key    TEXT,
  -- canonical JSON of domain Observation: files, modules, packages, variables, as seen while it ran
  observed     TEXT,
  log_digest   TEXT
) STRICT;
CREATE INDEX step_run_by_run ON step_run(run, number);
CREATE INDEX step_run_by_key ON step_run(cache_key) WHERE state = 'completed';
CREATE INDEX step_run_by_step ON step_run(step, number DESC) WHERE state = 'completed';

CREATE TABLE artifact (
  number     INTEGER PRIMARY KEY,
  run        INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  step_run   INTEGER NOT NULL REFERENCES step_run(number) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  -- 'output' is a returned value, 'logged' one recorded beside it, 'predictions' rows that prove a model, 'side' a file it wrote
  role       TEXT NOT NULL DEFAULT 'output',
  digest     TEXT NOT NULL,
  -- canonical JSON of domain Artifact without the ids above
  detail     TEXT NOT NULL,
  UNIQUE (step_run, role, name)
) STRICT;
CREATE INDEX artifact_by_run ON artifact(run, number);
CREATE INDEX artifact_by_digest ON artifact(digest);
CREATE INDEX artifact_by_model ON artifact(json_extract(detail, '$.summary.model')) WHERE role = 'predictions';

CREATE TABLE lineage_node (
  number INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE,
  kind   TEXT NOT NULL,
  digest TEXT,
  name   TEXT,
  at     TEXT,
  -- the one run that it belongs to, when it belongs to one
  run    TEXT
) STRICT;
CREATE INDEX lineage_node_by_digest ON lineage_node(digest) WHERE digest IS NOT NULL;
CREATE INDEX lineage_node_by_run ON lineage_node(run, kind) WHERE run IS NOT NULL;

CREATE TABLE lineage_edge (
  cause  INTEGER NOT NULL REFERENCES lineage_node(number),
  effect INTEGER NOT NULL REFERENCES lineage_node(number),
  kind   TEXT NOT NULL CHECK (kind IN ('used','generated')),
  PRIMARY KEY (cause, effect, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX lineage_edge_by_effect ON lineage_edge(effect, cause, kind);

CREATE TABLE model_version (
  number   INTEGER PRIMARY KEY,
  name     TEXT NOT NULL,
  version  INTEGER NOT NULL,
  digest   TEXT NOT NULL,
  run      INTEGER NOT NULL REFERENCES run(number),
  -- canonical JSON of domain ModelVersion without name, version, digest, aliases, approval
  detail   TEXT NOT NULL,
  UNIQUE (name, version)
) STRICT;
CREATE INDEX model_version_by_digest ON model_version(digest);

CREATE TABLE model_alias (
  name TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (name, alias)
) STRICT, WITHOUT ROWID;

-- Append-only: the triggers below are the rule.
CREATE TABLE approval (
  number INTEGER PRIMARY KEY,
  model_version INTEGER NOT NULL REFERENCES model_version(number),
  state  TEXT NOT NULL CHECK (state IN ('approved','rejected')),
  by     TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL,
  model_digest TEXT NOT NULL, evidence_digest TEXT NOT NULL
) STRICT;
CREATE TRIGGER approval_is_final BEFORE UPDATE ON approval BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER approval_is_kept BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;

CREATE TABLE image (
  number   INTEGER PRIMARY KEY,
  manifest_digest TEXT NOT NULL UNIQUE,
  image_id TEXT NOT NULL,
  model_version INTEGER NOT NULL REFERENCES model_version(number),
  built_at TEXT NOT NULL,
  -- canonical JSON of domain Image without parity and pushes
  detail   TEXT NOT NULL
) STRICT;

CREATE TABLE parity (
  number INTEGER PRIMARY KEY,
  image  INTEGER NOT NULL REFERENCES image(number),
  at     TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX parity_by_image ON parity(image, number DESC);

CREATE TABLE push (
  number INTEGER PRIMARY KEY,
  image  INTEGER NOT NULL REFERENCES image(number),
  at     TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- Which layer came of which contents, so that it is compressed once. Losing a row costs time, nothing else.
CREATE TABLE frozen_layer (
  key    TEXT PRIMARY KEY,
  -- canonical JSON: its descriptor in the store and the digest of its uncompressed bytes
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
