import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'
import type { RunPlan, StaleReason } from '../domain/reason.ts'
import type { OpenedProject, StepSource } from '../project/opened-project.ts'
import type { ProjectSettings } from '../project/project-settings.ts'
import type { Store } from '../store/store.ts'
import type { RunQueries } from '../tracking/run-reader.ts'
import { explainSources } from './explain-sources.ts'
import type { FileDigests } from './file-digests.ts'
import { gatherFacts } from './gather-facts.ts'
import { planRun, type StepFacts } from './plan-run.ts'
import type { RunRequest } from './run-request.ts'

/** What running needs of an open project. */
export type RunnableProject = Pick<
  OpenedProject,
  'get' | 'pipeline' | 'settings' | 'stepSource' | 'stepSources' | 'assertTrusted' | 'assertWritable'
>

export type SurveyUse = {
  readonly project: RunnableProject
  readonly projectFolder: string
  readonly queries: RunQueries
  readonly store: Store
  readonly files: FileDigests
}

/** A run as it would go now: everything that was read for it, and the plan that follows. */
export type RunSurvey = {
  readonly settings: ProjectSettings
  /** The variables that core itself was started with: asking for all of them takes longer than all else that is made of them. */
  readonly own: Readonly<Record<string, string | undefined>>
  readonly plan: RunPlan
  /** What the plan follows from, by step. */
  readonly facts: ReadonlyMap<string, StepFacts>
  /** What holds for one step at this very moment: files and sources change while others run. */
  refresh(step: StepDeclaration): Promise<{ readonly facts: StepFacts; readonly source: StepSource }>
  /** A result of the step was recorded since its facts were gathered. */
  isBehind(facts: StepFacts): boolean
  /** The code that a step can reach, at this very moment. */
  sourceOf(step: StepDeclaration): Promise<StepSource>
  /** Says what changed in the sources that reasons name. */
  explain(reasons: readonly StaleReason[]): Promise<readonly StaleReason[]>
}

export async function surveyRun(
  pipeline: Pipeline,
  order: readonly StepDeclaration[],
  request: RunRequest,
  environment: Environment | null,
  pythonPath: string,
  use: SurveyUse,
): Promise<RunSurvey> {
  const { project, queries, store, files } = use
  const settings = await project.settings()
  const sources = new Map(await project.stepSources(order.map(({ name }) => name)))
  const own = { ...process.env }
  const from = { settings, sources, environment, pythonPath, own, queries, store, files }
  const facts = await gatherFacts(order, request, from)
  // In the middle of being typed it may not be readable: then what was read before stands.
  const sourceOf = ({ name }: StepDeclaration) => project.stepSource(name).catch(() => sources.get(name) as StepSource)
  return {
    settings,
    own,
    plan: planRun(pipeline, order, facts),
    facts,
    sourceOf,
    async refresh(step) {
      const source = await sourceOf(step)
      sources.set(step.name, source)
      return { source, facts: (await gatherFacts([step], request, from)).get(step.name) as StepFacts }
    },
    isBehind: ({ step, candidates }) => queries.findStepRunsByStep(step, 1)[0]?.id !== candidates[0]?.id,
    explain: (reasons) =>
      explainSources(reasons, store, async (name) => sources.get(name)?.text ?? readModule(use.projectFolder, name)),
  }
}

/**
 * Stored values that a run is about to read and that are no longer what they were. They are moved to the trash,
 * so that the next survey finds them missing and has them made again.
 */
export async function removeHurtInputs(
  plan: RunPlan,
  order: readonly StepDeclaration[],
  use: Pick<SurveyUse, 'queries' | 'store' | 'files'>,
): Promise<readonly Digest[]> {
  const wanted = new Set(order.filter(({ name }) => stateOf(plan, name) !== 'cached').flatMap((step) => step.inputs))
  if (wanted.size === 0) return []
  const digests = plan.steps
    .flatMap(({ reuses }) => (reuses === null ? [] : use.queries.candidate(reuses).artifacts))
    .filter(({ role, name }) => role === 'output' && wanted.has(name))
    .flatMap(({ descriptor, parts }) => [descriptor.digest, ...parts.map((part) => part.descriptor.digest)])
  const hurt: Digest[] = []
  for (const digest of new Set(digests))
    if ((await use.files.digestOf(use.store.pathOf(digest))) !== digest) hurt.push(digest)
  if (hurt.length > 0) await use.store.moveToTrash(hurt)
  return hurt
}

function stateOf(plan: RunPlan, step: string) {
  return plan.steps.find((planned) => planned.step === step)?.state
}

async function readModule(projectFolder: string, path: string): Promise<string | null> {
  return readFile(join(projectFolder, path), 'utf8').catch(() => null)
}
