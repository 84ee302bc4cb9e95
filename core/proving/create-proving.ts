import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../domain/environment.ts'
import { fail } from '../domain/failure.ts'
import type { ReportProgress } from '../domain/job.ts'
import { type FirstDifference, type Proof, proofTolerance, type StepProof } from '../domain/proof.ts'
import type { LockedEnvironments } from '../environments/locked-environments.ts'
import { stepSettings } from '../execution/gather-facts.ts'
import type { Kernel } from '../execution/kernel.ts'
import type { OpenedProject } from '../project/opened-project.ts'
import type { Store } from '../store/store.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import { compareStep, worstOf } from './compare-step.ts'
import { findCause } from './find-cause.ts'
import { planProof } from './plan-proof.ts'
import type { ProofStore } from './proof-store.ts'
import { type Replay, replayStep } from './replay-step.ts'

export type ProvingOptions = {
  readonly project: Pick<OpenedProject, 'get' | 'settings' | 'assertTrusted' | 'assertWritable'>
  readonly environments: Pick<LockedEnvironments, 'find'>
  readonly queries: RunQueries
  readonly store: Store
  readonly kernel: Kernel
  readonly proofs: ProofStore
}

/** The phases that proving reports, in order; the last one only with `why`. */
export const provePhases = ['Read records', 'Make environment', 'Execute again', 'Find the cause'] as const

export type Proving = {
  /**
   * Executes a completed run again, step by step on its recorded inputs, and records how it compares. With `why` the
   * first differing step is tried under single changed conditions. @throws proving/…, store/blobMissing
   */
  prove(
    reference: string,
    options: { readonly why: boolean; readonly report: ReportProgress; readonly signal: AbortSignal },
  ): Promise<Proof>
  /** Newest first. */
  of(reference: string): readonly Proof[]
}

export function createProving(options: ProvingOptions): Proving {
  const { project, environments, queries, store, kernel, proofs } = options

  return {
    async prove(reference, { why, report, signal }) {
      project.assertTrusted()
      project.assertWritable()
      const began = performance.now()
      const runId = queries.resolveRun(reference)
      report({ phase: 'Read records' })
      const { steps, notes } = await planProof(runId, queries, store)
      const settings = async (step: string) => stepSettings(await project.settings(), step)
      const use = { kernel, store, queries, projectFolder: project.get().folder, settings, signal }
      const pythons = new Map<string, Awaited<ReturnType<LockedEnvironments['find']>>>()

      async function pythonOf(environment: Environment) {
        const { lockDigest, python } = environment
        const known = pythons.get(`${lockDigest} ${python}`)
        if (known) return known
        report({ phase: 'Make environment' })
        const found = await environments.find(environment, await store.readText(lockDigest), { report, signal })
        pythons.set(`${lockDigest} ${python}`, found)
        return found
      }

      const rows = steps.flatMap(({ candidate }) => candidate.artifacts.filter(({ role }) => role === 'predictions'))
      const staging = await store.makeStaging('prove')
      try {
        for (const { candidate } of steps) await pythonOf(candidate.environment as Environment)
        const compared: StepProof[] = []
        let firstDiffering: { readonly at: number; readonly replay: Replay } | null = null
        for (const [at, step] of steps.entries()) {
          if (signal.aborted) throw fail('execution/canceled', { what: `Proving run ${runId}` })
          report({ phase: 'Execute again', done: at, total: steps.length, unit: 'steps', fact: step.step })
          const { pythonPath } = await pythonOf(step.candidate.environment as Environment)
          const folder = join(staging, String(at))
          const replay = await replayStep(step, pythonPath, folder, use)
          const proof = await compareStep(step, replay, pythonPath, use, rows)
          compared.push(proof)
          if (proof.verdict === 'differs' && firstDiffering === null) firstDiffering = { at, replay }
          else await rm(folder, { recursive: true, force: true })
        }
        report({ phase: 'Execute again', done: steps.length, total: steps.length, unit: 'steps', fact: null })
        const cause =
          why && firstDiffering !== null
            ? await explain(firstDiffering.at, firstDiffering.replay, compared, staging)
            : null
        const environment = steps[0]?.candidate.environment
        const proof: Proof = {
          runId,
          at: new Date().toISOString(),
          durationMs: performance.now() - began,
          verdict: worstOf(compared.map(({ verdict }) => verdict)),
          first: firstDifference(compared),
          cause,
          steps: compared,
          tolerance: proofTolerance,
          environment: {
            python: environment?.python ?? '',
            lockDigest: environment?.lockDigest as Environment['lockDigest'],
            rebuilt: [...pythons.values()].some(({ rebuilt }) => rebuilt),
          },
          notes,
        }
        proofs.record(proof)
        return proof
      } finally {
        for (const { release } of pythons.values()) release()
        await rm(staging, { recursive: true, force: true })
      }

      async function explain(at: number, replay: Replay, compared: readonly StepProof[], folder: string) {
        const step = steps[at] as (typeof steps)[number]
        const { pythonPath } = await pythonOf(step.candidate.environment as Environment)
        let count = 0
        return findCause({
          step,
          proof: compared[at] as StepProof,
          reproduced: replay,
          queries,
          async replay(conditions) {
            const place = join(folder, `trial-${count++}`)
            const given = await replayStep(step, pythonPath, place, use, conditions)
            await rm(place, { recursive: true, force: true })
            return given
          },
          report: (fact, done) => report({ phase: 'Find the cause', done, total: null, unit: null, fact }),
        })
      }
    },

    of: (reference) => proofs.of(queries.resolveRun(reference)),
  }
}

function firstDifference(steps: readonly StepProof[]): FirstDifference | null {
  for (const { step, artifacts } of steps) {
    const found = artifacts.find(({ verdict }) => verdict === 'differs')
    if (!found) continue
    const { artifact, column, row, recorded, reproduced } = found
    return {
      step,
      artifact,
      ...(column === null ? {} : { column }),
      ...(row === null ? {} : { row }),
      recorded,
      reproduced,
    }
  }
  return null
}
