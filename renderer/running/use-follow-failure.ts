import { useEffect, useRef } from 'react'
import { selectStep } from '../live/selected-step.ts'
import { useNewestRun } from '../live/use-newest-run.ts'

/** Leads to the step that failed when a run that this window heard of ends so, however short it was. Mount once. */
export function useFollowFailure(): void {
  const newest = useNewestRun()
  const followed = useRef<string | null>(null)
  useEffect(() => {
    if (!newest?.isLive) return
    const { run, stepRuns } = newest
    if (run.endedAt === null || followed.current === run.id) return
    followed.current = run.id
    const failed = Object.values(stepRuns).find((stepRun) => stepRun.state === 'failed')
    if (run.state === 'failed' && failed) selectStep(failed.step)
  }, [newest])
}
