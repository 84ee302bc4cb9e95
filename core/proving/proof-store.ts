import type { Database } from '../database/database.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { Proof, ProofVerdict } from '../domain/proof.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'

export type ProofStore = {
  /** Its lineage too: what the run gave led to the proof. */
  record(proof: Proof): void
  /** Newest first. */
  of(runId: string): readonly Proof[]
}

const verdictWords: Record<ProofVerdict, string> = {
  identical: 'identical',
  withinTolerance: 'within tolerance',
  differs: 'differs',
}

export function createProofStore(database: Database, lineage: Pick<LineageStore, 'record'>): ProofStore {
  const insert = database.prepare<never>(
    `INSERT INTO proof (run, at, verdict, detail)
     VALUES ((SELECT number FROM run WHERE id = ?), ?, ?, ?)`,
  )
  const select = database.prepare<{ detail: string }>(
    `SELECT proof.detail FROM proof JOIN run ON run.number = proof.run
     WHERE run.id = ? ORDER BY proof.number DESC LIMIT 50`,
  )
  return {
    record(proof) {
      const detail = canonicalJson(proof as unknown as JsonValue)
      const { runId, at, verdict } = proof
      const id = lineageIds.proof(runId, at)
      database.transaction(() => {
        insert.run([runId, at, verdict, detail])
        lineage.record(
          [{ id, kind: 'proof', digest: null, name: verdictWords[verdict], at, runId }],
          [{ from: lineageIds.run(runId), to: id, kind: 'used' }],
        )
      })
    },
    of: (runId) => select.all([runId]).map(({ detail }) => JSON.parse(detail) as Proof),
  }
}
