import type { Database } from '../database/database.ts'
import { type Digest, isDigest } from '../domain/digest.ts'

/** Bytes that a record counts on, and the record in words: `run wine4kq2` or `dataset wine@2`, and what of it. */
export type DigestUse = {
  readonly digest: Digest
  readonly kind: 'run' | 'dataset'
  /** A run's id, or NAME@VERSION. */
  readonly id: string
  readonly what: string
}

/**
 * Every digest that the records of runs and datasets count on in the store, once for each use. Files of a dataset of
 * which digests alone were recorded are not among them.
 */
export function findDigestUses(database: Database): readonly DigestUse[] {
  const rows = database
    .prepare<{ digest: string | null; kind: DigestUse['kind']; id: string; what: string }>(
      `SELECT artifact.digest, 'run' AS kind, run.id, artifact.name AS what
         FROM artifact JOIN run ON run.number = artifact.run
       UNION ALL
       SELECT part.value ->> '$.descriptor.digest', 'run', run.id, artifact.name || '/' || (part.value ->> '$.name')
         FROM artifact JOIN run ON run.number = artifact.run, json_each(artifact.detail, '$.parts') AS part
       UNION ALL
       SELECT step_run.log_digest, 'run', run.id, 'the log of ' || step_run.step
         FROM step_run JOIN run ON run.number = step_run.run WHERE step_run.log_digest IS NOT NULL
       UNION ALL
       SELECT source.value ->> '$.digest', 'run', run.id, 'the source ' || (source.value ->> '$.path')
         FROM step_run JOIN run ON run.number = step_run.run, json_each(step_run.sources) AS source
       UNION ALL
       SELECT step_run.source_digest, 'run', run.id, 'the code of ' || step_run.step
         FROM step_run JOIN run ON run.number = step_run.run WHERE step_run.source_digest IS NOT NULL
       UNION ALL
       SELECT environment.lock_digest, 'run', run.id, 'the lock of its environment'
         FROM run JOIN environment ON environment.number = run.environment
       UNION ALL
       SELECT run.git ->> '$.diffDigest', 'run', run.id, 'the uncommitted diff' FROM run WHERE run.git IS NOT NULL
       UNION ALL
       SELECT 'sha256:' || lower(hex(file.digest)), 'dataset', version.name || '@' || version.version, file.path
         FROM dataset_content AS file JOIN dataset_version AS version ON version.number = file.dataset WHERE file.kept = 1
       UNION ALL
       SELECT digest, 'dataset', name || '@' || version, 'the list of its files' FROM dataset_version`,
    )
    .all()
  return rows.flatMap(({ digest, ...use }) => (isDigest(digest) ? [{ digest, ...use }] : []))
}
