import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { DoctorCheck } from '../domain/project.ts'
import type { BlobDamage, Store } from '../store/store.ts'
import { type DigestUse, findDigestUses } from './digest-queries.ts'

const mostNamed = 5

/**
 * The storage part of doctor: the database's structure and references, every blob re-hashed, every digest that the
 * records count on. `repair` moves hurt blobs to the trash, so that a run can make them again; nothing else changes.
 */
export async function checkStorage({
  database,
  store,
  repair = false,
  report = () => undefined,
  signal,
}: {
  readonly database: Database
  readonly store: Store
  readonly repair?: boolean | undefined
  readonly report?: ReportProgress | undefined
  readonly signal?: AbortSignal | undefined
}): Promise<readonly DoctorCheck[]> {
  report({ phase: 'Check records', done: 0, total: null, unit: null, fact: null })
  const records = checkRecords(database)
  const uses = Map.groupBy(findDigestUses(database), (use) => use.digest)
  const check = await store.verifyAll({
    expected: uses.keys(),
    ...(signal && { signal }),
    onProgress: (done, total) => report({ phase: 'Check stored bytes', done, total, unit: 'blobs', fact: null }),
  })
  const hurt = check.damage.filter((damage) => damage.kind === 'hurt').map((damage) => damage.digest)
  const trashed = new Set(repair && hurt.length > 0 ? await store.moveToTrash(hurt) : [])
  return [
    ...records,
    {
      name: 'store',
      state: check.damage.length > 0 ? 'hurt' : 'ok',
      detail: `${check.blobs} blobs, ${check.bytes} sound bytes, ${check.damage.length} damaged or missing`,
      remedy: check.damage.length > 0 ? 'See the checks below.' : null,
    },
    ...(check.indexProblem === null ? [] : [describeIndex(check.indexProblem)]),
    ...check.damage.map((damage) => describeDamage(damage, uses.get(damage.digest) ?? [], trashed)),
    ...check.strangers.map(
      (name): DoctorCheck => ({
        name: `store/${name}`,
        state: 'warning',
        detail: 'A file among the stored bytes that Slipway did not put there.',
        remedy: 'Move it elsewhere; it is never touched.',
      }),
    ),
  ]
}

function checkRecords(database: Database): readonly DoctorCheck[] {
  const damage = database.findDamage()
  const detail = damage.length > 0 ? damage.slice(0, mostNamed).join('; ') : `format ${database.schemaVersion}, sound`
  const remedy = 'Close Slipway and put a verified copy from .slipway/backups in its place; the store stays as it is.'
  return [
    { name: 'database', state: damage.length > 0 ? 'hurt' : 'ok', detail, remedy: damage.length > 0 ? remedy : null },
  ]
}

function describeIndex(problem: string): DoctorCheck {
  const remedy = 'Put .slipway/store/index.json back from a copy of the project; images can be built again as well.'
  return { name: 'store/index.json', state: 'hurt', detail: problem, remedy }
}

function describeDamage(damage: BlobDamage, uses: readonly DigestUse[], trashed: ReadonlySet<Digest>): DoctorCheck {
  const { digest, kind, detail } = damage
  const hit = uses.length > 0 ? `Hits ${describeUses(uses)}.` : 'No run depends on it.'
  const remedies: Record<BlobDamage['kind'], string> = {
    hurt: trashed.has(digest)
      ? 'Moved to the trash. Run the step again with --no-cache to make it anew.'
      : 'Run "slipway doctor --repair" to move it to the trash, then run the step again with --no-cache.',
    missing:
      'Run the step again with --no-cache to make it anew, or copy the file back from another copy of the project.',
    unreadable: 'Give yourself the right to read the files in .slipway/store.',
  }
  return {
    name: `blob ${digest}`,
    state: kind === 'missing' ? 'missing' : 'hurt',
    detail: `${detail}. ${hit}`,
    remedy: remedies[kind],
  }
}

/** `wine4kq2 (model, train), …`: whole ids, since that is what a person looks up. */
function describeUses(uses: readonly DigestUse[]): string {
  const byRun = [...Map.groupBy(uses, (use) => use.runId)]
  const named = byRun
    .slice(0, mostNamed)
    .map(([runId, ofRun]) => `run ${runId} (${[...new Set(ofRun.map(({ what }) => what))].join(', ')})`)
  const more = byRun.length - named.length
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
