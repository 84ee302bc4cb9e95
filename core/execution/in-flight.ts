import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { canonicalJson } from '../domain/json.ts'
import { digestOfText, pythonKey } from './cache-key.ts'
import type { StepFacts } from './plan-run.ts'

/** Steps that run right now, over all runs: what two of them need at the same moment is made once. */
export type InFlight = {
  /**
   * The result of `work`; null when another run was at the same work, which has ended by then or `signal` fired.
   * It has ended when what it passed to `hold` has, too.
   */
  once<Result>(
    situation: Digest | null,
    signal: AbortSignal,
    work: (hold: Hold) => Promise<Result>,
  ): Promise<Result | null>
}

type Hold = (until: Promise<unknown>) => void

export function createInFlight(): InFlight {
  const running = new Map<Digest, Promise<void>>()
  return {
    async once(situation, signal, work) {
      if (situation === null) return work(() => undefined)
      const other = running.get(situation)
      if (other !== undefined) {
        await untilAborted(other, signal)
        return null
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      running.set(situation, promise)
      const held: Promise<unknown>[] = []
      try {
        return await work((until) => held.push(until))
      } finally {
        void Promise.allSettled(held).then(() => {
          running.delete(situation)
          resolve()
        })
      }
    },
  }
}

/** What is known of a step's result before it runs; null for one that nobody else may take over. */
export function situationOf(
  facts: StepFacts,
  inputs: readonly { readonly name: string; readonly digest: Digest }[],
  environment: Environment,
): Digest | null {
  if (facts.cache === false || facts.forced) return null
  const { step, sourceDigest, params } = facts
  const made = { lock: environment.lockDigest, python: pythonKey(environment) }
  return digestOfText(canonicalJson({ step, sourceDigest, params, inputs, ...made }))
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const leave = () => resolve()
  signal.addEventListener('abort', leave, { once: true })
  await Promise.race([work, promise])
  signal.removeEventListener('abort', leave)
}
