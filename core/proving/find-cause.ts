import { availableParallelism } from 'node:os'
import { canonicalJson } from '../domain/json.ts'
import type { CauseFactor, CauseTrial, ProofCause, StepProof } from '../domain/proof.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import type { Conditions } from './conditions.ts'
import { findNativeClock } from './native-clock.ts'
import type { StepToProve } from './plan-proof.ts'
import { describeCause, planChanges, planStabilisers, type Trial } from './plan-trials.ts'
import { type Replay, toPoint } from './replay-step.ts'

export type CauseSearch = {
  readonly step: StepToProve
  readonly proof: StepProof
  /** What came when it was executed again under the recorded conditions. */
  readonly reproduced: Replay
  readonly queries: RunQueries
  readonly replay: (conditions: Conditions) => Promise<Replay>
  readonly report: (fact: string, done: number) => void
}

/** How often the same must come before it counts as steady. */
const repeats = 2

/**
 * Executes a differing step under the recorded conditions again, then under one changed condition at a time, and looks
 * at the first artifact that differed: a condition explains when it alone brings the recorded value back, makes
 * disagreeing repeats agree, or changes that artifact while repeats agree.
 */
export async function findCause(search: CauseSearch): Promise<ProofCause> {
  const { step, queries } = search
  const place = search.proof.artifacts.find(({ verdict }) => verdict === 'differs') as StepProof['artifacts'][number]
  const recorded = recordedMark()
  const reproduced = markOf(search.reproduced)
  const trials: CauseTrial[] = []
  const nativeClock = findNativeClock()

  async function attempt(factor: CauseTrial['factor'], change: string, conditions: Conditions): Promise<string> {
    search.report(change, trials.length)
    const mark = markOf(await search.replay(conditions))
    const known = mark === recorded ? 'asRecorded' : mark === reproduced ? 'asReproduced' : 'another'
    trials.push({ factor, change, result: mark.startsWith('failed ') ? 'failed' : known })
    return mark
  }

  const again: string[] = []
  for (let count = 0; count < repeats; count++) again.push(await attempt('repeat', 'the same again', {}))
  const startedAtSeconds = (Date.parse(step.candidate.endedAt) - step.candidate.durationMs) / 1000
  const isSteady = again.every((mark) => mark === reproduced)
  return isSteady ? findChange() : findStabiliser()

  async function findStabiliser(): Promise<ProofCause> {
    for (const { factor, change, conditions } of planStabilisers(startedAtSeconds)) {
      const first = await attempt(factor, change, conditions)
      if (first.startsWith('failed ')) continue
      // Chance may make two agree: a third decides.
      const agrees =
        first === (await attempt(factor, change, conditions)) && first === (await attempt(factor, change, conditions))
      if (agrees) return cause(factor, 'stabilises', change)
    }
    return cause('unexplained', null, 'unsteady')
  }

  async function findChange(): Promise<ProofCause> {
    let suspect: Trial | null = null
    const { platform } = step.candidate.observed
    const now = {
      seconds: Date.now() / 1000,
      zone: platform['variable.TZ'] ?? platform.timeZoneName ?? process.env.TZ ?? '',
      hashSeed: platform['variable.PYTHONHASHSEED'] ?? '0',
      cpus: availableParallelism(),
      nativeClock,
    }
    for (const trial of planChanges(startedAtSeconds, now)) {
      const mark = await attempt(trial.factor, trial.change, trial.conditions)
      if (mark === recorded) return cause(trial.factor, 'reproduces', trial.change)
      if (trial.tellsByChange && mark !== reproduced && !mark.startsWith('failed ')) suspect ??= trial
    }
    return suspect ? cause(suspect.factor, 'changes', suspect.change) : cause('unexplained', null, '')
  }

  function cause(factor: CauseFactor, evidence: ProofCause['evidence'], change: string): ProofCause {
    const description = describeCause(step.step, factor, evidence, change, nativeClock)
    return { factor, evidence, step: step.step, description, trials }
  }

  /** One text for one content of the artifact that differed. */
  function markOf(replay: Replay): string {
    if (replay.failure !== null) return `failed ${replay.failure.message}`
    if (place.role === 'metric') return canonicalJson(replay.metrics.get(place.artifact) ?? [])
    const found = replay.artifacts.find(({ role, name }) => role === place.role && name === place.artifact)
    return found?.descriptor.digest ?? 'absent'
  }

  function recordedMark(): string {
    const { artifacts, runId } = step.candidate
    if (place.role === 'metric') {
      const isKnown = place.artifact in queries.run(runId).metrics
      return canonicalJson(isKnown ? queries.history(runId, place.artifact).map(toPoint) : [])
    }
    const found = artifacts.find(({ role, name }) => role === place.role && name === place.artifact)
    return found?.descriptor.digest ?? 'absent'
  }
}
