import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Approval, ModelVersion } from '../domain/model.ts'
import type { ModelReference } from './model-reference.ts'

/** A version as stored; aliases and approvals are rows of their own. */
export type StoredVersion = Omit<ModelVersion, 'aliases' | 'approval'> & { readonly number: number }
export type StoredApproval = Omit<Approval, 'stale'> & { readonly number: number }

type VersionRow = { number: number; name: string; version: number; digest: string; detail: string }
type ApprovalRow = {
  number: number
  state: 'approved' | 'rejected'
  by: string
  at: string
  note: string
  model_digest: string
  evidence_digest: string
}

export type ModelStore = ReturnType<typeof createModelStore>

/** The statements on registered models. Who calls holds the transaction. */
export function createModelStore(database: Database) {
  const prepare = database.prepare.bind(database)
  const all = prepare<VersionRow>(
    'SELECT number, name, version, digest, detail FROM model_version ORDER BY name, version',
  )
  const byVersion = prepare<VersionRow>(
    'SELECT number, name, version, digest, detail FROM model_version WHERE name = ? AND version = ?',
  )
  const newest = prepare<VersionRow>(
    'SELECT number, name, version, digest, detail FROM model_version WHERE name = ? ORDER BY version DESC LIMIT 1',
  )
  const byDigest = prepare<VersionRow>(
    'SELECT number, name, version, digest, detail FROM model_version WHERE name = ? AND digest = ? ORDER BY version LIMIT 1',
  )
  const insertVersion = prepare<never>(
    `INSERT INTO model_version (name, version, digest, run, detail)
     SELECT :name, :version, :digest, number, :detail FROM run WHERE id = :runId`,
  )
  const aliasOf = prepare<{ version: number }>('SELECT version FROM model_alias WHERE name = ? AND alias = ?')
  const aliasesOf = prepare<{ alias: string }>(
    'SELECT alias FROM model_alias WHERE name = ? AND version = ? ORDER BY alias',
  )
  const upsertAlias = prepare<never>(
    `INSERT INTO model_alias (name, alias, version) VALUES (?, ?, ?)
     ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version`,
  )
  const insertDecision = prepare<never>(
    `INSERT INTO approval (model_version, state, by, at, note, model_digest, evidence_digest)
     VALUES (:version, :state, :by, :at, :note, :modelDigest, :evidenceDigest)`,
  )
  const latestDecision = prepare<ApprovalRow>(
    'SELECT * FROM approval WHERE model_version = ? ORDER BY number DESC LIMIT 1',
  )

  const find = (reference: ModelReference): StoredVersion | null => {
    const { name } = reference
    if (reference.kind === 'newest') return toVersion(newest.get([name]))
    const version = reference.kind === 'version' ? reference.version : aliasOf.get([name, reference.alias])?.version
    return version === undefined ? null : toVersion(byVersion.get([name, version]))
  }

  return {
    find,
    list: (): readonly StoredVersion[] => all.all().map((row) => toVersion(row) as StoredVersion),
    findByDigest: (name: string, digest: Digest) => toVersion(byDigest.get([name, digest])),
    nextVersion: (name: string): number => (newest.get([name])?.version ?? 0) + 1,
    insert(version: Omit<StoredVersion, 'number'>): void {
      const { name, version: counted, digest, ...detail } = version
      const { runId } = version
      const { changes } = insertVersion.run({ name, version: counted, digest, runId, detail: canonicalJson(detail) })
      if (changes !== 1) throw new Error(`the run ${runId} of a model is not recorded`)
    },
    aliases: (name: string, version: number): readonly string[] =>
      aliasesOf.all([name, version]).map((row) => row.alias),
    setAlias: (name: string, alias: string, version: number): void => void upsertAlias.run([name, alias, version]),
    /** Append-only; gives the number of the new row. */
    insertApproval: (versionNumber: number, approval: Omit<StoredApproval, 'number'>): number =>
      insertDecision.run({ version: versionNumber, ...approval }).lastId,
    latestApproval(versionNumber: number): StoredApproval | null {
      const row = latestDecision.get([versionNumber])
      if (!row) return null
      const { number, state, by, at, note, model_digest, evidence_digest } = row
      return {
        number,
        state,
        by,
        at,
        note,
        modelDigest: model_digest as Digest,
        evidenceDigest: evidence_digest as Digest,
      }
    },
  }
}

function toVersion(row: VersionRow | undefined): StoredVersion | null {
  if (!row) return null
  const { number, name, version, digest, detail } = row
  return { number, name, version, digest, ...JSON.parse(detail) }
}
