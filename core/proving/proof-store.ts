import type { Database } from '../database/database.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { Proof } from '../domain/proof.ts'

export type ProofStore = {
  record(proof: Proof): void
  /** Newest first. */
  of(runId: string): readonly Proof[]
}

export function createProofStore(database: Database): ProofStore {
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
      database.transaction(() => insert.run([proof.runId, proof.at, proof.verdict, detail]))
    },
    of: (runId) => select.all([runId]).map(({ detail }) => JSON.parse(detail) as Proof),
  }
}
