import type { ServingLimits } from './limits.ts'
import { Refusal } from './refusal.ts'

export type Admission = {
  /** Counts a request in and gives what counts it out. @throws Refusal 429 or 503 */
  enter(client: string): () => void
  readonly requests: number
}

/** Sheds load at the door, before a body is read. Probes and scrapes do not pass here. */
export function createAdmission(limits: ServingLimits): Admission {
  const perClient = new Map<string, number>()
  let requests = 0
  return {
    enter(client) {
      const own = perClient.get(client) ?? 0
      if (limits.maxRequestsPerClient > 0 && own >= limits.maxRequestsPerClient)
        throw new Refusal(429, 'this client has too many requests open', {}, { 'Retry-After': '1' })
      if (requests >= limits.maxRequests)
        throw new Refusal(503, 'more requests are open than this server takes', {}, { 'Retry-After': '1' })
      requests += 1
      perClient.set(client, own + 1)
      return () => {
        requests -= 1
        const left = (perClient.get(client) ?? 1) - 1
        if (left === 0) perClient.delete(client)
        else perClient.set(client, left)
      }
    },
    get requests() {
      return requests
    },
  }
}
