import { isFailure } from '../domain/failure.ts'
import { stepSettings } from './gather-facts.ts'
import type { SeenAhead } from './look-ahead.ts'
import { createStepEnvironment } from './step-environment.ts'
import type { WarmProcesses } from './warm-processes.ts'

/** Starts what the first step that runs will ask for. What is wrong with that step, it will tell itself. */
export function prepareFirstStep(seen: SeenAhead, prepare: WarmProcesses['prepare']): void {
  const { environment, pythonPath, survey } = seen
  const step = survey.plan.steps.find(({ reuses }) => reuses === null)?.step
  if (step === undefined) return
  const { environment: declared, cpus } = stepSettings(survey.settings, step)
  try {
    const variables = createStepEnvironment({ step, stepRunId: '', pythonPath, own: process.env, declared, cpus })
    prepare({ pythonPath, environment: variables, lock: environment.lockDigest })
  } catch (error) {
    if (!isFailure(error)) throw error
  }
}
