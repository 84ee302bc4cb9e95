import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runProgram } from '../harness/measure.ts'
import type { PythonPeer } from '../harness/peers.ts'
import { type PythonWorker, startWorker } from './python-worker.ts'

const script = new URL('./mlflow_worker.py', import.meta.url).pathname

export type Mlflow = {
  readonly worker: PythonWorker
  readonly database: string
  processes(): readonly number[]
  close(): Promise<void>
}

/** Its store in the client's own process, the file set to WAL; SQLite syncs every commit there (synchronous=FULL). */
export async function openDirect(peer: PythonPeer, database: string): Promise<Mlflow> {
  await runProgram(peer.python, ['-c', makeDatabase, database])
  const worker = await startWorker(peer.python, script, [`sqlite:///${database}`])
  return { worker, database, processes: () => [worker.pid], close: () => worker.close() }
}

const makeDatabase = `import sqlite3, sys
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
SqlAlchemyStore("sqlite:///" + sys.argv[1], "/tmp/none")
print(sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode = WAL").fetchone()[0])`

/** Its server, one worker: with several, a call waits forty milliseconds. */
export async function openServer(peer: PythonPeer, folder: string): Promise<Mlflow> {
  const database = join(folder, 'server.db')
  await runProgram(peer.python, ['-c', makeDatabase, database])
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const store = ['--backend-store-uri', `sqlite:///${database}`, '--artifacts-destination', join(folder, 'artifacts')]
  const server = spawn(join(peer.bin, 'mlflow'), ['server', ...store, '--workers', '1', '--port', String(port)], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, PATH: `${peer.bin}:${process.env.PATH}`, MLFLOW_DISABLE_TELEMETRY: 'true' },
  })
  const stop = () => process.kill(-(server.pid as number), 'SIGTERM')
  await awaitAnswer(`${url}/health`, server).catch((error: unknown) => {
    stop()
    throw error
  })
  const worker = await startWorker(peer.python, script, [url])
  return {
    worker,
    database,
    processes: () => [worker.pid, server.pid as number],
    async close() {
      await worker.close()
      stop()
    },
  }
}

async function awaitAnswer(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 1_200; attempt++) {
    if (server.exitCode !== null) throw new Error(`mlflow server ended with ${server.exitCode}`)
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error(`${url} does not answer`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
