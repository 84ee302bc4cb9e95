import type { ProjectCore } from '../../core/api/project-core.ts'
import { type ArtifactProof, type Proof, proofTolerance, type StepProof } from '../../core/domain/proof.ts'
import type { RunDetail } from '../../core/domain/run.ts'
import type { FixtureJobs } from './fixture-jobs.ts'
import { digestOf } from './fixture-pipeline.ts'

const phases = ['Read records', 'Make environment', 'Execute again', 'Find the cause']
const same = { column: null, row: null, recorded: null, reproduced: null, maxDifference: null, detail: null }

/** Proofs that take a moment: the first of a run is identical, later ones differ; with `why` a cause is named. */
export function createFixtureProofs(
  jobs: FixtureJobs,
  detailOf: (run: string) => RunDetail,
  stepMs: number,
): ProjectCore['proofs'] {
  const kept: Proof[] = []
  return {
    start: (run, why) =>
      jobs.start('prove', `Prove run ${run}`, async (report, isCanceled) => {
        for (const phase of why ? phases : phases.slice(0, -1)) {
          report({ phase, done: 0, total: null, unit: null, fact: `${phase} is under way` })
          await new Promise((settle) => setTimeout(settle, stepMs))
          if (isCanceled()) return null
        }
        const isFirst = !kept.some(({ runId }) => runId === run)
        const proof = proofOf(detailOf(run), !isFirst, why)
        kept.unshift(proof)
        return JSON.parse(JSON.stringify(proof))
      }),
    list: async (run) => kept.filter(({ runId }) => runId === run),
  }
}

function proofOf({ run, steps, artifacts }: RunDetail, differs: boolean, why: boolean): Proof {
  const proved = steps.map((stepRun): StepProof => {
    const own = artifacts.filter(({ step }) => step === stepRun.step)
    const compared = own.map(({ name, kind }): ArtifactProof => {
      const base = { artifact: name, role: 'output', kind, verdict: 'identical', ...same } as const
      if (!differs) return base
      if (name === 'model') return { ...base, verdict: 'withinTolerance', maxDifference: 3.1e-12 }
      if (name !== 'train') return base
      return { ...base, verdict: 'differs', column: 'alcohol', row: 17, recorded: 13.2, reproduced: 12.85 }
    })
    const verdict = compared.find((one) => one.verdict !== 'identical')?.verdict ?? 'identical'
    const stepRunId = stepRun.id
    return { step: stepRun.step, stepRunId, cached: false, verdict, artifacts: compared, durationMs: 840 }
  })
  const found = proved.flatMap(({ step, artifacts: all }) => all.map((one) => ({ step, ...one })))
  const first = found.find(({ verdict }) => verdict === 'differs')
  return {
    runId: run.id,
    at: '2026-03-04T09:12:30.000Z',
    durationMs: 6_300,
    verdict: first ? 'differs' : 'identical',
    first: first
      ? { step: first.step, artifact: first.artifact, column: 'alcohol', row: 17, recorded: 13.2, reproduced: 12.85 }
      : null,
    cause:
      first && why
        ? {
            factor: 'randomness',
            evidence: 'stabilises',
            step: first.step,
            description: `Step ${first.step} depends on random numbers without a seed: repeats differ from each other, and with random numbers from a fixed seed they agree. Give it a seed, best as a param.`,
            trials: [
              { factor: 'repeat', change: 'the same again', result: 'another' },
              { factor: 'repeat', change: 'the same again', result: 'another' },
              { factor: 'randomness', change: 'random numbers from a fixed seed', result: 'another' },
            ],
          }
        : null,
    steps: proved,
    tolerance: proofTolerance,
    environment: { python: '3.12.4', lockDigest: digestOf('lock'), rebuilt: false },
    notes: [],
  }
}
