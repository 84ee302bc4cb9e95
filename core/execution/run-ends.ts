import { isFailure } from '../domain/failure.ts'
import type { Run } from '../domain/run.ts'
import type { Recorder } from '../tracking/recorder.ts'

type RunEnding = Parameters<Recorder['finishRun']>[1]

const retryMs = 5_000

/**
 * How runs ended. An end that the disk does not take now is kept, and recorded as soon as it does: a run must not seem
 * to go on because there was no space left to say that it ended.
 */
export type RunEnds = {
  /** @throws database/full and what else the disk refuses; the end is then recorded later */
  finish(runId: string, end: RunEnding): Run
  /** Records what could not be recorded before, as far as it can be now. */
  retry(): void
}

export function createRunEnds(recorder: Pick<Recorder, 'finishRun'>): RunEnds {
  const unrecorded = new Map<string, RunEnding>()
  let timer: NodeJS.Timeout | null = null

  function retry(): void {
    for (const [runId, end] of unrecorded) {
      try {
        recorder.finishRun(runId, end)
      } catch (error) {
        if (isOfTheDisk(error)) return
        // The database was closed meanwhile: the next start calls the run interrupted.
      }
      unrecorded.delete(runId)
    }
    if (timer) clearInterval(timer)
    timer = null
  }

  return {
    finish(runId, end) {
      try {
        return recorder.finishRun(runId, end)
      } catch (error) {
        if (isOfTheDisk(error)) {
          unrecorded.set(runId, end)
          timer ??= setInterval(retry, retryMs).unref()
        }
        throw error
      }
    },
    retry,
  }
}

function isOfTheDisk(error: unknown): boolean {
  return isFailure(error, 'database/full') || isFailure(error, 'database/busy')
}
