import type { Database } from '../database/database.ts'
import { type Digest, isDigest } from '../domain/digest.ts'

/** Bytes that a record counts on, and the record in words. */
export type DigestUse = { readonly digest: Digest; readonly runId: string; readonly what: string }

/** Every blob that the records of runs refer to, once for each use. */
export function findDigestUses(database: Database): readonly DigestUse[] {
  const rows = database
    .prepare<{ digest: string | null; run: string; what: string }>(
      `SELECT artifact.digest, run.id AS run, artifact.name AS what
         FROM artifact JOIN run ON run.number = artifact.run
       UNION ALL
       SELECT part.value ->> '$.descriptor.digest', run.id, artifact.name || '/' || (part.value ->> '$.name')
         FROM artifact JOIN run ON run.number = artifact.run, json_each(artifact.detail, '$.parts') AS part
       UNION ALL
       SELECT step_run.log_digest, run.id, 'the log of ' || step_run.step
         FROM step_run JOIN run ON run.number = step_run.run WHERE step_run.log_digest IS NOT NULL
       UNION ALL
       SELECT source.value ->> '$.digest', run.id, 'the source ' || (source.value ->> '$.path')
         FROM step_run JOIN run ON run.number = step_run.run, json_each(step_run.sources) AS source
       UNION ALL
       SELECT step_run.source_digest, run.id, 'the code of ' || step_run.step
         FROM step_run JOIN run ON run.number = step_run.run WHERE step_run.source_digest IS NOT NULL
       UNION ALL
       SELECT environment.lock_digest, run.id, 'the lock of its environment'
         FROM run JOIN environment ON environment.number = run.environment
       UNION ALL
       SELECT run.git ->> '$.diffDigest', run.id, 'the uncommitted diff' FROM run WHERE run.git IS NOT NULL`,
    )
    .all()
  return rows.flatMap(({ digest, run, what }) => (isDigest(digest) ? [{ digest, runId: run, what }] : []))
}
