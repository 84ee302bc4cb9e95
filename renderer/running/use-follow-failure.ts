import { useEffect, useRef } from 'react'
import { selectStep } from '../live/selected-step.ts'
import { useNewestRun } from '../live/use-newest-run.ts'

/** Leads to the step that failed when a run that was watched ends so. Mount once. */
export function useFollowFailure(): void {
  const newest = useNewestRun()
  const watched = useRef<string | null>(null)
  useEffect(() => {
    if (!newest) return
    const { run, stepRuns } = newest
    if (run.endedAt === null) watched.current = run.id
    else if (watched.current === run.id) {
      watched.current = null
      const failed = Object.values(stepRuns).find((stepRun) => stepRun.state === 'failed')
      if (run.state === 'failed' && failed) selectStep(failed.step)
    }
  }, [newest])
}
