import type { StepDeclaration } from '../domain/pipeline.ts'
import type { RunTurns, TurnKind } from './run-turns.ts'
import type { SurveyUse } from './survey-run.ts'

const rememberedStepRuns = 20

/** Two runs that write the same file would record each other's: only steps that were seen to write none go together. */
export async function kindOfTurn(
  order: readonly StepDeclaration[],
  use: Pick<SurveyUse, 'project' | 'queries'>,
): Promise<TurnKind> {
  for (const { name } of order) {
    const { digest } = await use.project.stepSource(name)
    const seen = use.queries.findStepRunsByStep(name, rememberedStepRuns).filter((one) => one.sourceDigest === digest)
    if (seen.length === 0 || seen.some(({ observed }) => observed.filesWritten.length > 0)) return 'alone'
  }
  return 'together'
}

export type Turn = {
  /** No other run goes at the same time. */
  readonly alone: boolean
  /** None went or waited when it was asked for: what was seen before that still holds. */
  readonly isFirst: boolean
}

/** Does the work when its turn has come; the turn ends with it, however it ends. */
export async function inTurn<Result>(
  turns: RunTurns,
  kind: () => Promise<TurnKind>,
  signal: AbortSignal,
  work: (turn: Turn) => Promise<Result>,
): Promise<Result> {
  const isFirst = turns.areFree()
  const turn = await turns.take(kind, signal)
  try {
    return await work({ alone: turn.kind === 'alone', isFirst })
  } finally {
    turn.end()
  }
}
