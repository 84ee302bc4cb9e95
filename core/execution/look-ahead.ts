import type { Environment } from '../domain/environment.ts'
import type { Pipeline, StepDeclaration } from '../domain/pipeline.ts'
import type { Environments } from '../environments/environments.ts'
import type { RunRequest } from './run-request.ts'
import type { RunTurns } from './run-turns.ts'
import { type RunSurvey, type SurveyUse, surveyRun } from './survey-run.ts'

export type SeenAhead = { readonly environment: Environment; readonly pythonPath: string; readonly survey: RunSurvey }

/** What a run would find that came first just now; null where it would have to wait, or to make the environment. */
export async function lookAhead(
  pipeline: Pipeline,
  order: readonly StepDeclaration[],
  request: RunRequest,
  turns: RunTurns,
  environments: Environments,
  use: SurveyUse,
): Promise<SeenAhead | null> {
  if (!turns.areFree()) return null
  try {
    const status = await environments.status()
    if (status.state !== 'ready') return null
    const { environment } = status
    const pythonPath = await environments.pythonPath()
    const survey = await surveyRun(pipeline, order, request, environment, pythonPath, use)
    return turns.areFree() ? { environment, pythonPath, survey } : null
  } catch {
    // Whatever it is, the run meets it too, and records it.
    return null
  }
}
