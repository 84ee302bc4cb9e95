import { machine, type as systemType } from 'node:os'
import { fail } from '../domain/failure.ts'
import { describeEffect, readsOutside } from '../domain/observation.ts'
import type { StepRun } from '../domain/run.ts'
import { createModuleReader } from '../project/module-facts.ts'
import { parsePipeline } from '../project/parse-pipeline.ts'
import { loadPythonSyntax } from '../project/python-syntax.ts'
import type { Store } from '../store/store.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import type { RecordedArtifact, SourceFile, StepRunCandidate } from '../tracking/run-records.ts'

/** One step to be executed again, with everything that was recorded of it. */
export type StepToProve = {
  readonly step: string
  readonly cached: boolean
  readonly candidate: StepRunCandidate
  readonly outputs: readonly string[]
  readonly outputsDeclared: boolean
  /** In the order of the function's parameters. */
  readonly inputs: readonly { readonly name: string; readonly artifact: RecordedArtifact }[]
  /** Every module of the project that it needs. */
  readonly sources: readonly SourceFile[]
}

export type ProofPlan = { readonly steps: readonly StepToProve[]; readonly notes: readonly string[] }

/** What proving a run takes. Nothing is executed. @throws proving/…, store/blobMissing */
export async function planProof(runId: string, queries: RunQueries, store: Store): Promise<ProofPlan> {
  const detail = queries.get(runId)
  if (detail.run.state !== 'completed') throw fail('proving/runNotCompleted', { run: runId, state: detail.run.state })
  const ran = detail.steps.filter(({ state }) => state === 'completed' || state === 'cached')
  const candidates = ran.map((stepRun) => ({ stepRun, candidate: queries.candidate(stepRun.id) }))
  const given = candidates.flatMap(({ candidate }) => candidate.artifacts)
  const steps: StepToProve[] = []
  for (const { stepRun, candidate } of candidates) steps.push(await planStep(runId, stepRun, candidate, given, store))
  return { steps, notes: steps.flatMap(noteDoubts) }
}

async function planStep(
  runId: string,
  stepRun: StepRun,
  candidate: StepRunCandidate,
  given: readonly RecordedArtifact[],
  store: Store,
): Promise<StepToProve> {
  const { step, module, observed } = candidate
  refuseOtherPlatform(runId, candidate)
  if (!candidate.environment) throw fail('proving/notRecorded', { step, what: 'its environment' })
  const sources = [...new Map([...observed.modules, ...candidate.sources].map((one) => [one.path, one])).values()]
  for (const { digest } of sources) if (!store.has(digest)) throw fail('store/blobMissing', { digest })
  const declaration = await readDeclaration(step, module, sources, store)
  const inputs = candidate.inputs.map(({ name, digest }) => {
    const artifact = given.find((one) => one.role === 'output' && one.name === name && one.descriptor.digest === digest)
    if (!artifact) throw fail('proving/notRecorded', { step, what: `its input ${name}` })
    return { name, artifact }
  })
  const { outputs, outputsDeclared } = declaration
  return { step, cached: stepRun.state === 'cached', candidate, outputs, outputsDeclared, inputs, sources }
}

/** What the step promised to give, read from the text that it had then. */
async function readDeclaration(step: string, module: string, sources: readonly SourceFile[], store: Store) {
  const texts = new Map<string, string>()
  for (const { path, digest } of sources) texts.set(path, await store.readText(digest))
  const { steps } = parsePipeline({
    reader: createModuleReader(await loadPythonSyntax()),
    readText: (path) => texts.get(path) ?? null,
    modules: [module],
    locateModule: () => ({ module, line: 1, column: 1, endLine: 1, endColumn: 1 }),
  })
  const found = steps.find(({ name }) => name === step)
  if (!found) throw fail('proving/notRecorded', { step, what: 'the source that declares it' })
  return found
}

function refuseOtherPlatform(runId: string, { observed }: StepRunCandidate): void {
  const { system, machine: recordedMachine } = observed.platform
  if (system === undefined || recordedMachine === undefined) return
  const recorded = `${system} ${plainMachine(recordedMachine)}`
  const here = `${systemType() === 'Windows_NT' ? 'Windows' : systemType()} ${plainMachine(machine())}`
  if (recorded !== here) throw fail('proving/otherPlatform', { run: runId, recorded, here })
}

function plainMachine(name: string): string {
  const plain = name.toLowerCase()
  return plain === 'amd64' ? 'x86_64' : plain === 'aarch64' ? 'arm64' : plain
}

/** What cannot be held equal: said, and no reason to refuse. */
function noteDoubts({ step, candidate }: StepToProve): readonly string[] {
  const { network, effects = [], filesRead, filesWritten } = candidate.observed
  const outside = effects.filter((effect) => readsOutside(effect) || effect.kind === 'program')
  const written = new Set(filesWritten.map(({ path }) => path))
  return [
    ...outside.map((effect) => `Step ${step} ${describeEffect(effect)}; what it gets there may have changed since.`),
    ...(network && outside.length === 0
      ? [`Step ${step} used the network; what it gets there may have changed since.`]
      : []),
    ...filesRead
      .filter(({ path }) => written.has(path))
      .map(({ path }) => `Step ${step} changed ${path} in place: what the file held before is not recorded.`),
  ]
}
