import type { Database } from '../database/database.ts'
import { type Digest, isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { RunFinder } from './find-run-queries.ts'
import type { RecordedArtifact } from './run-records.ts'
import { type ArtifactRow, type RunRow, toArtifact } from './run-rows.ts'
import { artifactColumns, artifactTables } from './step-run-queries.ts'

export type ArtifactFinder = ReturnType<typeof createArtifactFinder>

export function createArtifactFinder(database: Database, findRun: RunFinder) {
  // Returned values before side files, logged ones and predictions of the same name; the last step wins.
  const byName = database.prepare<ArtifactRow>(
    `SELECT ${artifactColumns} FROM ${artifactTables} WHERE artifact.run = ? AND artifact.name = ?
     ORDER BY CASE artifact.role WHEN 'output' THEN 0 WHEN 'side' THEN 1 WHEN 'logged' THEN 2 ELSE 3 END,
       artifact.number DESC LIMIT 1`,
  )
  const byDigest = database.prepare<ArtifactRow>(
    `SELECT ${artifactColumns} FROM ${artifactTables} WHERE artifact.digest = ? AND run.deleted_at IS NULL
     ORDER BY artifact.number DESC LIMIT 1`,
  )
  const byPartDigest = database.prepare<ArtifactRow>(
    `SELECT ${artifactColumns} FROM ${artifactTables}
     JOIN json_each(artifact.detail, '$.parts') AS part ON part.value ->> '$.descriptor.digest' = ?
     WHERE run.deleted_at IS NULL ORDER BY artifact.number DESC LIMIT 1`,
  )
  const ofRun = database.prepare<ArtifactRow>(
    `SELECT ${artifactColumns} FROM ${artifactTables} WHERE artifact.run = ? ORDER BY artifact.number`,
  )
  const provingModel = database.prepare<ArtifactRow>(
    `SELECT ${artifactColumns} FROM ${artifactTables}
     WHERE artifact.role = 'predictions' AND json_extract(artifact.detail, '$.summary.model') = ?
     ORDER BY artifact.number DESC`,
  )

  function findByDigest(digest: Digest): RecordedArtifact {
    const whole = byDigest.get([digest])
    if (whole) return toArtifact(whole)
    const row = byPartDigest.get([digest])
    if (!row) throw notFound(digest, 'Give a digest as "slipway show RUN" prints it, or RUN:NAME.')
    const composite = toArtifact(row)
    const part = composite.parts.find(({ descriptor }) => descriptor.digest === digest)
    return takePart(composite, (part as NonNullable<typeof part>).name) as RecordedArtifact
  }

  function findInRun(reference: string, separator: number, withDeleted: boolean): RecordedArtifact {
    const run = findRun(reference.slice(0, separator), withDeleted)
    const path = reference.slice(separator + 1)
    const whole = byName.get([run.number, path])
    if (whole) return toArtifact(whole)
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const row = byName.get([run.number, path.slice(0, slash)])
      const part = row && takePart(toArtifact(row), path.slice(slash + 1))
      if (part) return part
    }
    const names = [...new Set(ofRun.all([run.number]).map((row) => row.name))]
    const hint = names.length > 0 ? `Run ${run.id} has ${names.join(', ')}.` : `Run ${run.id} gave no artifact.`
    throw notFound(reference, hint)
  }

  return {
    ofRun: (run: RunRow) => ofRun.all([run.number]).map(toArtifact),
    find(reference: string, withDeleted = false): RecordedArtifact {
      if (isDigest(reference)) return findByDigest(reference)
      const separator = reference.indexOf(':')
      if (separator < 0) throw notFound(reference, 'Name it by its digest, or as RUN:NAME, for example latest:model.')
      return findInRun(reference, separator, withDeleted)
    },
    predictionsOf(model: Digest): readonly RecordedArtifact[] {
      const rank = (artifact: RecordedArtifact) => origins.indexOf(String(artifact.summary.origin))
      return provingModel
        .all([model])
        .map(toArtifact)
        .sort((a, b) => rank(a) - rank(b))
    },
  }
}

/** In the order in which rows are trusted to prove a model; see RecordedPredictions. */
const origins = ['logged', 'called', 'received', 'training']

function takePart(artifact: RecordedArtifact, name: string): RecordedArtifact | null {
  const part = artifact.parts.find((each) => each.name === name)
  if (!part) return null
  const { descriptor } = part
  return { ...artifact, name: `${artifact.name}/${name}`, kind: 'file', descriptor, parts: [], summary: {} }
}

function notFound(artifact: string, hint: string) {
  return fail('tracking/artifactNotFound', { artifact, hint })
}
