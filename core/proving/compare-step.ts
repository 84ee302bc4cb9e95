import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { JsonValue } from '../domain/json.ts'
import { type ArtifactProof, type ProofVerdict, proofTolerance, type StepProof } from '../domain/proof.ts'
import { noLimits } from '../execution/kernel.ts'
import { createStepEnvironment } from '../execution/step-environment.ts'
import { toStepInput } from '../execution/step-input.ts'
import { newId } from '../tracking/new-id.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import type { NewArtifact, RecordedArtifact } from '../tracking/run-records.ts'
import type { StepToProve } from './plan-proof.ts'
import { digestsOf, type Replay, type ReplayedPoint, type ReplayUse, toPoint, verify } from './replay-step.ts'

type Compared = Pick<
  ArtifactProof,
  'verdict' | 'column' | 'row' | 'recorded' | 'reproduced' | 'maxDifference' | 'detail'
>
type Pair = { readonly recorded: RecordedArtifact; readonly reproduced: NewArtifact }

const same: Compared = {
  verdict: 'identical',
  column: null,
  row: null,
  recorded: null,
  reproduced: null,
  maxDifference: null,
  detail: null,
}
const order: readonly ProofVerdict[] = ['identical', 'withinTolerance', 'differs']

export function worstOf(verdicts: readonly ProofVerdict[]): ProofVerdict {
  return order[Math.max(0, ...verdicts.map((verdict) => order.indexOf(verdict)))] as ProofVerdict
}

/** Every artifact and metric of a replay beside what was recorded. Equal digests need no look at the values. */
export async function compareStep(
  step: StepToProve,
  replay: Replay,
  pythonPath: string,
  use: ReplayUse & { readonly queries: RunQueries },
  proofs: readonly RecordedArtifact[],
): Promise<StepProof> {
  const { candidate, cached } = step
  const base = { step: step.step, stepRunId: candidate.id, cached, durationMs: replay.durationMs }
  if (replay.failure !== null) {
    const [first] = candidate.artifacts
    const reproduced = `the step failed: ${replay.failure.message}`
    const lost = { ...same, verdict: 'differs', recorded: first?.descriptor.digest ?? 'completed', reproduced } as const
    const place = { artifact: first?.name ?? step.step, role: first?.role ?? 'output', kind: first?.kind ?? 'json' }
    return { ...base, verdict: 'differs', artifacts: [{ ...place, ...lost }] } as StepProof
  }
  const pairs: Pair[] = []
  const results = new Map<string, Compared>()
  for (const recorded of candidate.artifacts) {
    const reproduced = replay.artifacts.find((one) => one.role === recorded.role && one.name === recorded.name)
    if (!reproduced) results.set(keyOf(recorded), absent('given', 'not given'))
    else if (reproduced.descriptor.digest === recorded.descriptor.digest) results.set(keyOf(recorded), same)
    else pairs.push({ recorded, reproduced })
  }
  const compared = await comparePairs(step, pairs, replay, pythonPath, use, proofs)
  for (const [at, { recorded }] of pairs.entries()) results.set(keyOf(recorded), compared[at] as Compared)
  const extra = replay.artifacts.filter((one) => !candidate.artifacts.some((two) => keyOf(one) === keyOf(two)))
  for (const one of extra) results.set(keyOf(one), absent('not given', 'given'))
  const artifacts: ArtifactProof[] = [...candidate.artifacts, ...extra].map((one) => ({
    artifact: one.name,
    role: one.role,
    kind: one.kind,
    ...(results.get(keyOf(one)) as Compared),
  }))
  artifacts.push(...compareMetrics(step, replay, use.queries))
  return { ...base, verdict: worstOf(artifacts.map(({ verdict }) => verdict)), artifacts }
}

function keyOf({ role, name }: Pick<NewArtifact, 'role' | 'name'>): string {
  return `${role} ${name}`
}

function absent(recorded: string, reproduced: string): Compared {
  return { ...same, verdict: 'differs', recorded, reproduced, detail: 'whether there is one at all' }
}

/** In a process of the run's own environment: values are loaded as a step would load them, never in here. */
async function comparePairs(
  step: StepToProve,
  pairs: readonly Pair[],
  replay: Replay,
  pythonPath: string,
  use: ReplayUse,
  proofs: readonly RecordedArtifact[],
): Promise<readonly Compared[]> {
  if (pairs.length === 0) return []
  const { projectFolder } = replay
  const folder = join(projectFolder, '..', 'comparison')
  const [stagingFolder, scratchFolder] = [join(folder, 'outputs'), join(folder, 'scratch')]
  for (const each of [stagingFolder, scratchFolder]) await mkdir(each, { recursive: true, mode: 0o700 })
  await writeFile(join(projectFolder, '_slipway_compare.py'), 'from slipway.proving.compare import compare\n')
  const described: JsonValue[] = []
  for (const { recorded, reproduced } of pairs) {
    const rows = proofs.filter(({ summary }) => summary.model === recorded.descriptor.digest)
    for (const digest of [recorded, ...rows].flatMap(digestsOf)) await verify(digest, use.store)
    described.push({
      recorded: toStepInput(recorded.name, recorded, use.store),
      reproduced: toStepInput(reproduced.name, reproduced, replay.store),
      proofs: rows.map(({ descriptor, summary }) => ({
        file: use.store.pathOf(descriptor.digest),
        layout: summary.layout ?? null,
      })),
    } as unknown as JsonValue)
  }
  const stepRunId = `prove-${newId(12)}`
  const settings = await use.settings(step.step)
  const own = { step: step.step, stepRunId, pythonPath, own: process.env }
  const outcome = await use.kernel.runStep(
    {
      stepRunId,
      pythonPath,
      request: {
        protocol: 1,
        projectFolder,
        module: '_slipway_compare.py',
        step: 'compare',
        inputs: [],
        params: { pairs: described, ...proofTolerance },
        outputs: ['compare'],
        outputsDeclared: false,
        stagingFolder,
        scratchFolder,
      },
      environment: createStepEnvironment({ ...own, declared: settings.environment, cpus: null }),
      logFile: join(folder, 'comparison.log'),
      limits: { ...noLimits, memoryBytes: settings.memoryBytes },
      fresh: true,
    },
    {},
    use.signal,
  )
  if (outcome.state === 'canceled') throw fail('execution/canceled', { what: `Comparing step ${step.step}` })
  const [answer] = outcome.outputs
  if (outcome.failure || !answer?.file) {
    const detail = outcome.failure?.message ?? 'the comparison gave no answer.'
    throw fail('proving/comparisonFailed', { step: step.step, detail })
  }
  const { results } = JSON.parse(await readFile(answer.file, 'utf8')) as { readonly results: readonly Compared[] }
  return results
}

/** Exactly, point by point. */
function compareMetrics(step: StepToProve, replay: Replay, queries: RunQueries): readonly ArtifactProof[] {
  const { candidate } = step
  const names = [step.step, ...candidate.artifacts.filter(({ role }) => role === 'output').map(({ name }) => name)]
  const own = (key: string) => names.some((name) => key.startsWith(`${name}.`))
  const recorded = Object.keys(queries.run(candidate.runId).metrics).filter(own)
  return [...new Set([...recorded, ...replay.metrics.keys()])].map((key): ArtifactProof => {
    const before = recorded.includes(key) ? queries.history(candidate.runId, key).map(toPoint) : []
    const after = replay.metrics.get(key) ?? []
    return { artifact: key, role: 'metric', kind: 'metric', ...compareHistories(before, after) }
  })
}

function compareHistories(before: readonly ReplayedPoint[], after: readonly ReplayedPoint[]): Compared {
  const row = Array.from({ length: Math.max(before.length, after.length) }).findIndex(
    (_, at) => before[at]?.value !== after[at]?.value || before[at]?.iteration !== after[at]?.iteration,
  )
  if (row < 0) return same
  const [one, other] = [before[row], after[row]]
  const detail = before.length > 1 || after.length > 1 ? `point ${row + 1} of its history` : null
  const place = row > 0 || detail ? row : null
  return { ...same, verdict: 'differs', row: place, recorded: show(one), reproduced: show(other), detail }
}

function show(point: ReplayedPoint | undefined): JsonValue {
  return point === undefined ? null : point.value
}
