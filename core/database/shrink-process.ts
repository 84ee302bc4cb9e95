import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { describeFailure } from '../domain/failure.ts'
import { openBeside } from './open-database.ts'
import type { ShrinkAnswer } from './shrink-file.ts'
import { isDiskError, toDatabaseFailure } from './sqlite-failure.ts'

/**
 * Rewrites a file of records without its free pages. The thread that does so hears of nothing until it is done; the first
 * one ends all of it, in the middle too, when core is gone.
 */
if (isMainThread) {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume()
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv[2] })
  worker.on('message', (answer: ShrinkAnswer) => process.send?.(answer, () => process.exit(0)))
} else parentPort?.postMessage(shrink(workerData as string))

function shrink(file: string): ShrinkAnswer {
  try {
    const connection = openBeside(file)
    try {
      connection.pragma('synchronous = FULL')
      connection.exec('VACUUM')
      connection.pragma('wal_checkpoint(TRUNCATE)')
      return { refusal: null }
    } finally {
      connection.close()
    }
  } catch (error) {
    const failure = toDatabaseFailure(error, file)
    if (failure?.code === 'database/busy') return { refusal: 'busy' }
    if (failure?.code === 'database/full') return { refusal: 'noRoom' }
    return { failure: describeFailure(failure ?? error), isDisk: isDiskError(error) }
  }
}
