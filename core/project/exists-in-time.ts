import { access } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A disk of the network may take its time; one that hangs never answers. */
const waitMs = 3_000
/** Node has four threads that ask disks. A disk that hangs keeps each one that asks it, and others need them as well. */
const mostKept = 2
const kept = new Map<string, Promise<boolean>>()

/**
 * Whether something stands at a path; null where its disk does not say so in time, which holds nobody up. What was asked
 * and not answered yet is not asked again.
 */
export async function existsInTime(path: string): Promise<boolean | null> {
  if (kept.has(path) || kept.size >= mostKept) return null
  const asked = access(path).then(
    () => true,
    () => false,
  )
  const end = new AbortController()
  const late = sleep(waitMs, null, { signal: end.signal, ref: false }).catch(() => null)
  const answer = await Promise.race([asked, late])
  end.abort()
  if (answer === null) {
    kept.set(path, asked)
    void asked.then(() => kept.delete(path))
  }
  return answer
}
