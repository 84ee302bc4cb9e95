import type { ServingLimits } from './limits.ts'
import type { LogLine } from './log-line.ts'
import type { PredictionServer } from './prediction-server.ts'

export type ShutDown = {
  /** Called at the first SIGTERM, and again at each further one, which ends the wait for the balancer. */
  request(signal: string): void
}

/**
 * Unready at once; still taking requests for `drainDelayMs`, since those who send them hear of it late; then no
 * new ones, the accepted answered, exit 0. Only when accepted ones outlast `graceMs` is the exit code 1.
 */
export function createShutDown(
  server: PredictionServer,
  limits: ServingLimits,
  log: LogLine,
  exit: (code: number) => void,
): ShutDown {
  let hurry: (() => void) | null = null

  async function shutDown(signal: string): Promise<void> {
    const before = server.readiness
    server.setReadiness({ state: 'draining', loaded: before.state === 'ready' ? before.loaded : null })
    log('draining', { signal, openRequests: server.openRequests })
    if (before.state === 'ready') await waitForBalancer()
    setTimeout(() => {
      log('gaveUp', { openRequests: server.openRequests })
      exit(server.openRequests > 0 ? 1 : 0)
    }, limits.graceMs).unref()
    server.http.close(() => {
      log('stopped')
      exit(0)
    })
    server.http.closeIdleConnections()
  }

  function waitForBalancer(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limits.drainDelayMs)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    request(signal) {
      if (server.readiness.state === 'draining') hurry?.()
      else void shutDown(signal)
    },
  }
}
