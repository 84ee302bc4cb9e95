import { isFailure } from '../domain/failure.ts'
import { stepSettings } from './gather-facts.ts'
import type { SeenAhead } from './look-ahead.ts'
import { createStepEnvironment } from './step-environment.ts'
import type { WarmProcesses } from './warm-processes.ts'

/**
 * Starts what the first step that runs will ask for, with what all steps import that run in the same. What is wrong
 * with that step, it will tell itself.
 */
export function prepareFirstStep(seen: SeenAhead, project: string, prepare: WarmProcesses['prepare']): void {
  const { environment, pythonPath, survey } = seen
  const stale = survey.plan.steps.filter(({ reuses }) => reuses === null).map(({ step }) => step)
  const [first] = stale
  if (first === undefined) return
  const settingsOf = (step: string) => {
    const { environment: declared, cpus } = stepSettings(survey.settings, step)
    return { declared, cpus }
  }
  const shared = JSON.stringify(settingsOf(first))
  const steps = stale.filter((step) => JSON.stringify(settingsOf(step)) === shared)
  try {
    const own = process.env
    const variables = createStepEnvironment({ step: first, stepRunId: '', pythonPath, own, ...settingsOf(first) })
    prepare({ pythonPath, environment: variables, lock: environment.lockDigest, project, steps })
  } catch (error) {
    if (!isFailure(error)) throw error
  }
}
