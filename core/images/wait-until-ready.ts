import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '../domain/failure.ts'
import { askDoor, type ServingDoor } from './serving-door.ts'

const pollMs = 50
const longestStartMs = 60_000

/** Resolves when the server says that it is ready. @throws images/servingFailed when it ends or takes too long */
export async function waitUntilReady(door: ServingDoor, model: string, signal?: AbortSignal): Promise<void> {
  const lines: string[] = []
  door.follow((line) => lines.push(line))
  let exit: { code: number | null } | null = null
  void door.ended.then((code) => {
    exit = { code }
  })
  let last = 'it does not answer'
  for (const startedAt = performance.now(); performance.now() - startedAt < longestStartMs; ) {
    signal?.throwIfAborted()
    const ended = exit as { code: number | null } | null
    if (ended) throw failed(`it ended with code ${ended.code}`)
    const answer = await askDoor(door.url, '/readyz', { signal, silenceMs: 2_000 }).catch(() => null)
    if (answer?.status === 200) return
    if (answer) last = `it answers ${answer.status}`
    await sleep(pollMs, undefined, { signal })
  }
  throw failed(`it was not ready within ${longestStartMs / 1000} s (${last})`)

  function failed(reason: string): Error {
    return fail('images/servingFailed', { model, reason, log: lines.slice(-5).join(' ') })
  }
}
