import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import type { ReportProgress } from '../domain/job.ts'
import type { DoctorCheck } from '../domain/project.ts'
import type { BlobDamage, Store } from '../store/store.ts'
import { type DigestUse, findDigestUses } from './digest-queries.ts'
import { findOwedRuns } from './owed-run-queries.ts'

const mostNamed = 5

type Uses = ReadonlyMap<Digest, readonly DigestUse[]>

/**
 * The storage part of doctor: the database's structure and references, every blob re-hashed, every digest that the
 * records count on. `repair` takes out of the trash what is missing and lies there, and moves hurt blobs there, so that
 * a run can make them again; nothing else changes.
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
  if (repair) await store.restoreTrashed(uses.keys())
  const lying = await findTrashed(store)
  const standOn = await findParts(store, uses)
  const check = await store.verifyAll({
    expected: uses.keys(),
    ...(signal && { signal }),
    onProgress: (done, total) => report({ phase: 'Check stored bytes', done, total, unit: 'blobs', fact: null }),
  })
  const hurt = check.damage.filter((damage) => damage.kind === 'hurt').map((damage) => damage.digest)
  const trashed = new Set(repair && hurt.length > 0 ? await store.moveToTrash(hurt) : [])
  return [
    ...records,
    ...checkOwed(database),
    {
      name: 'store',
      state: check.damage.length > 0 ? 'hurt' : 'ok',
      detail: `${check.blobs} blobs, ${check.bytes} sound bytes, ${check.damage.length} damaged or missing`,
      remedy: check.damage.length > 0 ? 'See the checks below.' : null,
    },
    ...(check.indexProblem === null ? [] : [describeIndex(check.indexProblem)]),
    ...check.damage.map((damage) => describeDamage(damage, usesOf(damage, uses, standOn), { trashed, lying })),
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

/** A trash that is none is told by those who use it. */
async function findTrashed(store: Store): Promise<ReadonlySet<Digest>> {
  const { entries } = await store.trashed().catch(() => ({ entries: [] }))
  return new Set(entries.map(({ digest }) => digest))
}

function checkRecords(database: Database): readonly DoctorCheck[] {
  const damage = database.findDamage()
  const detail = damage.length > 0 ? damage.slice(0, mostNamed).join('; ') : `format ${database.schemaVersion}, sound`
  const remedy = 'Close Slipway and put a verified copy from .slipway/backups in its place; the store stays as it is.'
  return [
    { name: 'database', state: damage.length > 0 ? 'hurt' : 'ok', detail, remedy: damage.length > 0 ? remedy : null },
  ]
}

/** Runs of which all was reused are whole only when what follows from them is written out. */
function checkOwed(database: Database): readonly DoctorCheck[] {
  const { count, cause, isHurt } = findOwedRuns(database)
  if (count === 0) return []
  const runs = count === 1 ? '1 run that reused everything is' : `${count} runs that reused everything are`
  return [
    {
      name: 'database/owed',
      state: isHurt ? 'hurt' : 'warning',
      detail: `${runs} recorded without their steps, which are still to be written out: ${cause}`,
      remedy: isHurt
        ? 'Start these runs again: they are the newest that "slipway runs" shows with no steps. Nothing else is hurt.'
        : 'Make the disk take writes again (space, rights, other programs that lock it): it is tried every second.',
    },
  ]
}

function describeIndex(problem: string): DoctorCheck {
  const remedy = 'Put .slipway/store/index.json back from a copy of the project; images can be built again as well.'
  return { name: 'store/index.json', state: 'hurt', detail: problem, remedy }
}

/** Of a pack only what is hurt in it counts. */
function usesOf({ digest, files }: BlobDamage, uses: Uses, standOn: Uses): readonly DigestUse[] {
  if (files != null) return files.flatMap((file) => uses.get(file) ?? [])
  return standOn.get(digest) ?? uses.get(digest) ?? []
}

/** Of files that are kept in parts: what counts on each part. */
async function findParts(store: Store, uses: Uses): Promise<Uses> {
  const standOn = new Map<Digest, DigestUse[]>()
  for (const [digest, ofDigest] of uses) {
    for (const part of await store.files.partsOf(digest)) {
      const known = standOn.get(part) ?? [...(uses.get(part) ?? [])]
      known.push(...ofDigest)
      standOn.set(part, known)
    }
  }
  return standOn
}

function describeDamage(
  damage: BlobDamage,
  uses: readonly DigestUse[],
  { trashed, lying }: { readonly trashed: ReadonlySet<Digest>; readonly lying: ReadonlySet<Digest> },
): DoctorCheck {
  const { digest, kind, detail, files } = damage
  const none = files === null ? 'What is missed of it is told below.' : 'Nothing that is recorded depends on it.'
  const hit = uses.length > 0 ? `Hits ${describeUses(uses)}.` : none
  return {
    name: `${files === undefined ? 'blob' : 'pack'} ${digest}`,
    state: kind === 'missing' ? 'missing' : 'hurt',
    detail: `${detail}. ${hit}`,
    remedy: kind === 'unreadable' ? 'Give yourself the right to read the files in .slipway/store.' : remedyOf(),
  }

  function remedyOf(): string {
    const runs = uses.some((use) => use.kind === 'run')
    const names = [...new Set(uses.filter((use) => use.kind === 'dataset').map(({ id }) => id.replace(/@\d+$/, '')))]
    const again = [
      ...(runs || names.length === 0 ? ['run the step again with --no-cache'] : []),
      ...names
        .slice(0, mostNamed)
        .map((name) => `add "${name}" again (slipway data add ${name}) while its files are the same`),
    ].join(', and ')
    if (kind === 'missing' && lying.has(digest))
      return `It lies in the trash: "slipway doctor --repair" puts it back when it is whole. If not: to have it anew, ${again}.`
    if (kind === 'missing') return `To have it anew, ${again}, or copy the file back from another copy of the project.`
    return trashed.has(digest)
      ? `Moved to the trash. To have it anew, ${again}.`
      : `Run "slipway doctor --repair" to move it to the trash. Then, to have it anew, ${again}.`
  }
}

/** `run wine4kq2 (model, train), dataset wine@2 (data/wine.csv), …`: whole ids, since that is what a person looks up. */
function describeUses(uses: readonly DigestUse[]): string {
  const byHolder = [...Map.groupBy(uses, ({ kind, id }) => `${kind} ${id}`)]
  const named = byHolder.slice(0, mostNamed).map(([holder, its]) => {
    const parts = [...new Set(its.map(({ what }) => what))]
    const more = parts.length - mostNamed
    return `${holder} (${parts.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''})`
  })
  const more = byHolder.length - named.length
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
