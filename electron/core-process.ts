import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import type { ConnectMessage, CoreTarget } from '../core/domain/host-bridge.ts'

export type CoreProcess = {
  start(): void
  isRunning(): boolean
  /** Gives the window's end of a new line to core; starts core when it is not there. */
  connect(target: CoreTarget): MessagePortMain
  /** Lets core finish and close its databases; kills it when that takes too long. */
  stop(): Promise<void>
}

const longestStopMs = 5_000
const shortestLifeMs = 10_000
const longestPauseMs = 8_000

/**
 * Keeps one utility process with core alive. It is restarted with growing pauses when it dies;
 * windows are told, and ask for new lines.
 */
export function createCoreProcess(options: {
  readonly entryFile: string
  readonly onRestart: () => void
}): CoreProcess {
  let child: UtilityProcess | null = null
  let stopping = false
  let pauseMs = 100

  function start(): void {
    if (child || stopping) return
    const startedAt = Date.now()
    child = utilityProcess.fork(options.entryFile, [], { serviceName: 'slipway-core', stdio: 'inherit' })
    child.once('exit', () => {
      child = null
      if (stopping) return
      pauseMs = Date.now() - startedAt > shortestLifeMs ? 100 : Math.min(pauseMs * 2, longestPauseMs)
      setTimeout(() => {
        start()
        options.onRestart()
      }, pauseMs)
    })
  }

  return {
    start,
    isRunning: () => child !== null,
    connect(target) {
      start()
      const { port1, port2 } = new MessageChannelMain()
      const message: ConnectMessage = { type: 'connect', target }
      child?.postMessage(message, [port1])
      return port2
    },
    stop() {
      stopping = true
      const last = child
      if (!last) return Promise.resolve()
      return new Promise((done) => {
        const deadline = setTimeout(() => last.kill(), longestStopMs)
        last.once('exit', () => {
          clearTimeout(deadline)
          child = null
          done()
        })
        last.postMessage({ type: 'stop' })
      })
    },
  }
}
