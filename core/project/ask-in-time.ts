import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A disk of the network may take its time; one that hangs never answers. */
const waitMs = 3_000
/** Node has four threads that ask disks. A disk that hangs keeps each one that asks it, and others need them as well. */
const mostKept = 2
const kept = new Map<string, Promise<unknown>>()

/**
 * What is asked of a folder; null where its disk does not answer in time, which holds nobody up. While a folder owes an
 * answer, neither it nor what is below it is asked again, and nothing else where that many owe one.
 * @throws what was asked throws
 */
export async function askInTime<Answer>(
  folder: string,
  ask: () => Promise<Answer>,
  mostOwed = mostKept,
): Promise<Answer | null> {
  const isOwed = [...kept.keys()].some(
    (one) => folder === one || folder.startsWith(one.endsWith('/') ? one : `${one}/`),
  )
  if (isOwed || kept.size >= mostOwed) return null
  const asked = ask()
  const end = new AbortController()
  const late = sleep(waitMs, null, { signal: end.signal, ref: false }).catch(() => null)
  const answer = await Promise.race([asked.then((value) => ({ value })), late]).finally(() => end.abort())
  if (answer !== null) return answer.value
  const settled = asked.then(
    () => undefined,
    () => undefined,
  )
  kept.set(folder, settled)
  void settled.then(() => kept.delete(folder))
  return null
}

/** Whether something stands at a path; null where its disk does not say so in time. */
export function existsInTime(path: string, mostOwed?: number): Promise<boolean | null> {
  const exists = () =>
    access(path).then(
      () => true,
      () => false,
    )
  return askInTime(dirname(path), exists, mostOwed)
}
