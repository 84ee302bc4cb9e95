import type { AddressInfo } from 'node:net'
import { readLimits, type ServingLimits } from './limits.ts'
import { createLog } from './log-line.ts'
import { loadModelFolder } from './model-folder.ts'
import { createPredictionServer } from './prediction-server.ts'
import { probeReadiness } from './probe.ts'
import { createShutDown } from './shut-down.ts'

/**
 * The prediction server's process: `node server.mjs [MODEL_FOLDER]`, or `node server.mjs --probe`.
 * SLIPWAY_MODEL (folder, default /model) · HOST (default 0.0.0.0) · PORT (default 8080; 0 picks one, which the
 * `listening` line names) · SLIPWAY_EXIT_WITH_STDIN=1 ends it with whoever holds its stdin · limits: limits.ts.
 */
const log = createLog(
  (line) => void process.stdout.write(line),
  () => new Date(),
)
process.stdout.on('error', () => {
  // Whoever read the log is gone; answering goes on without it.
})
process.on('uncaughtException', (error) => {
  log('defect', { error: error.stack ?? error.message })
  process.exit(1)
})

const port = readPort(process.env.PORT ?? '8080')
if (process.argv.includes('--probe')) process.exit(await probeReadiness(port, 3000))
else start(readLimitsOrExit(), process.argv[2] ?? process.env.SLIPWAY_MODEL ?? '/model')

function start(limits: ServingLimits, folder: string): void {
  const server = createPredictionServer(limits, log)
  const shutDown = createShutDown(server, limits, log, (code) => process.exit(code))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => shutDown.request(signal))
  if (process.env.SLIPWAY_EXIT_WITH_STDIN === '1')
    process.stdin
      .on('end', () => shutDown.request('end of stdin'))
      .on('error', () => shutDown.request('end of stdin'))
      .resume()
  server.http.on('error', (error: NodeJS.ErrnoException) => failToStart(`port ${port}: ${error.code ?? error.message}`))
  server.http.listen(port, process.env.HOST ?? '0.0.0.0', () => {
    const address = server.http.address() as AddressInfo
    log('listening', { host: address.address, port: address.port })
    void load()
  })

  async function load(): Promise<void> {
    const startedAt = performance.now()
    try {
      const loaded = await loadModelFolder(folder, limits.threads)
      if (server.readiness.state !== 'loading') return
      server.setReadiness({ state: 'ready', loaded })
      const { name, version, digest } = loaded.model
      log('ready', { model: { name, version, digest }, loadMs: Math.round(performance.now() - startedAt) })
    } catch (error) {
      const reason = (error as Error).message
      server.setReadiness({ state: 'failed', reason })
      log('failed', { reason })
      process.exitCode = 1
      setTimeout(() => process.exit(1), limits.failedLingerMs)
    }
  }
}

function readLimitsOrExit(): ServingLimits {
  try {
    return readLimits(process.env)
  } catch (error) {
    return failToStart((error as Error).message)
  }
}

function readPort(text: string): number {
  return /^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : failToStart(`PORT is ${JSON.stringify(text)}`)
}

function failToStart(reason: string): never {
  log('failed', { reason })
  process.exit(1)
}
