/** A step as the scheduler sees it. */
export type ScheduledStep = {
  readonly name: string
  /** Names of steps that must have given their results; all of them are scheduled, too. */
  readonly needs: readonly string[]
  /** How many of the computer's processors it takes. */
  readonly cpus: number
}

/** `done` it gave its results, freshly or from the cache. */
export type StepEnd = 'done' | 'failed' | 'canceled'

export type ScheduleActions = {
  run(name: string): Promise<StepEnd>
  /** It cannot run, since a step that it needs gave nothing, or the run was cancelled. */
  skip(name: string): void
}

/**
 * Runs steps as soon as what they need is there, as many at once as there are processors. A failure skips
 * what depends on it and nothing else; an abort lets what runs end and skips the rest. When a step throws
 * (not fails), no other is started and the error is thrown once all have ended.
 */
export async function schedule(
  steps: readonly ScheduledStep[],
  cpus: number,
  actions: ScheduleActions,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Map(steps.map((step) => [step.name, step]))
  const ended = new Map<string, StepEnd | 'skipped'>()
  const running = new Map<string, Promise<void>>()
  let free = cpus
  let defect: { readonly error: unknown } | null = null

  function start(step: ScheduledStep, takes: number): void {
    waiting.delete(step.name)
    free -= takes
    const end = actions.run(step.name).then(
      (state) => void ended.set(step.name, state),
      (error) => {
        defect ??= { error }
        ended.set(step.name, 'failed')
      },
    )
    running.set(
      step.name,
      end.finally(() => {
        free += takes
        running.delete(step.name)
      }),
    )
  }

  function advance(): void {
    for (const step of [...waiting.values()]) {
      const states = step.needs.map((need) => ended.get(need))
      const takes = Math.min(Math.max(step.cpus, 1), cpus)
      if (signal.aborted || defect !== null || states.some((state) => state !== undefined && state !== 'done')) {
        waiting.delete(step.name)
        ended.set(step.name, 'skipped')
        actions.skip(step.name)
      } else if (states.every((state) => state === 'done') && takes <= free) start(step, takes)
    }
  }

  for (advance(); running.size > 0; advance()) await Promise.race(running.values())
  if (defect !== null) throw (defect as { error: unknown }).error
}
