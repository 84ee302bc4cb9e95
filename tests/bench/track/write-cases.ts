import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { MetricPoint } from '../../../core/tracking/run-records.ts'
import type { Case, Contender } from '../harness/bench.ts'
import type { PythonPeer } from '../harness/peers.ts'
import { blobsCeiling, rowsCeiling } from './ceilings.ts'
import { type Mlflow, openDirect, openServer } from './mlflow.ts'
import { startWorker } from './python-worker.ts'
import { digestOf, listenToStep, openRecords, type Records, sampleOf } from './slipway.ts'

export type WriteUse = {
  readonly name: string
  readonly folder: string
  readonly peer: PythonPeer
  /** Where the Python package `slipway` lies. */
  readonly slipwayPackage: string
  readonly count: number
}

/** What part of the work MLflow does, since all of it would take hours: a whole number of pieces of every `count`. */
const parts = { single: [0.1, 0.025], grouped: 0.1, batch: [0.2, 0.1] } as const

const batchSize = 1_000
const batchKeys = 10
const script = (name: string) => new URL(`./${name}`, import.meta.url).pathname
const point = (key: string, index: number): MetricPoint => ({
  key,
  value: sampleOf(index),
  iteration: index,
  at: new Date(1_000 + index).toISOString(),
})

/** MLflow's two ways to log: in the client's own process, and over its server. */
async function openPeers({ peer, folder }: WriteUse) {
  const version = await peer.versionOf('mlflow')
  const store = await openDirect(peer, join(folder, 'direct.db'))
  const server = await openServer(peer, folder)
  return {
    /** `points`: how many of the key all of the work gives. */
    contenders(
      [ofStore, ofServer]: readonly [number, number],
      { key, points, call }: { readonly key: string; readonly points: number; readonly call: string },
      work: (mlflow: Mlflow, part: number) => Promise<unknown>,
    ): readonly Contender[] {
      const about = `${version}, ${call}, SQLite WAL + FULL`
      const one = (mlflow: Mlflow, part: number, name: string, more: string) =>
        partly(
          ofMlflow(mlflow, key, name, about + more, () => work(mlflow, part)),
          part,
          points,
        )
      return [one(store, ofStore, 'mlflow, its store', ''), one(server, ofServer, 'mlflow, HTTP', ', --workers 1')]
    },
    async close() {
      await store.close()
      await server.close()
    },
  }
}

/** Does less than all of it. Where that is right it gives what whoever does all of it gives. */
function partly(contender: Contender, part: number, points: number): Contender {
  const rightOf = (count: number) => [
    count,
    digestOf(Array.from({ length: count }, (_, index) => [index, sampleOf(index)] as const)),
  ]
  return {
    ...contender,
    part,
    about: `${contender.about}; did ${part * 100} % of it, figures per piece`,
    async output() {
      const given = await contender.output?.()
      return isDeepStrictEqual(given, rightOf(Math.round(points * part))) ? rightOf(points) : given
    },
  }
}

export async function* singleCase(use: WriteUse): AsyncGenerator<Case> {
  const { name, folder, count } = use
  mkdirSync(folder, { recursive: true })
  const records = await openRecords(join(folder, 'slipway'))
  const peers = await openPeers(use)
  const points = Array.from({ length: count }, (_, index) => [point('loss', index)])
  const ours = ofRecords(
    records,
    'loss',
    'slipway',
    'WAL + FULL, a commit a point, latest value and history',
    async () => {
      for (const one of points) records.recorder.logMetrics(records.runId(), one)
    },
  )
  const theirs = peers.contenders(
    parts.single,
    { key: 'loss', points: count, call: 'log_metric' },
    ({ worker }, part) => worker.ask('log_single', Math.round(count * part), true),
  )
  const contenders = [ours, ...theirs, rowsCeiling(folder, count, 'each')]
  try {
    yield { name: `${count} ${name}`, goal: '≥ 8× mlflow', pieces: count, contenders }
  } finally {
    await peers.close()
    records.database.close()
  }
}

export async function* groupedCase({ name, folder, peer, slipwayPackage, count }: WriteUse): AsyncGenerator<Case> {
  mkdirSync(folder, { recursive: true })
  const records = await openRecords(join(folder, 'slipway'))
  const mlflow = await openDirect(peer, join(folder, 'direct.db'))
  const step = await startWorker(peer.python, script('step_worker.py'), [slipwayPackage])
  const board = await startWorker(peer.python, script('tensorboard_worker.py'), [join(folder, 'board')])
  const listening = listenToStep(records, step)
  const version = await peer.versionOf('mlflow')
  const ofBoard: Mlflow = { worker: board, database: '', processes: () => [board.pid], close: () => board.close() }
  const ofTheirs = (called: string, how: string, synchronous: boolean) =>
    partly(
      ofMlflow(mlflow, 'loss', called, `${version}, ${how}`, ({ worker }) =>
        worker.ask('log_single', Math.round(count * parts.grouped), synchronous),
      ),
      parts.grouped,
      count,
    )
  const contenders = [
    {
      ...ofRecords(
        records,
        'loss',
        'slipway',
        'log_metric in a step, its channel, core; done when all is durable',
        async () => {
          const finished = listening.finished()
          await step.ask('log_single', count)
          await finished
        },
      ),
      processes: () => [step.pid],
    },
    ofMlflow(
      ofBoard,
      'loss',
      'tensorboardX',
      `${await peer.versionOf('tensorboardX')}, written and closed, no fsync`,
      (one) => one.worker.ask('log_single', count, false),
    ),
    ofTheirs('mlflow, its store, asynchronous', 'synchronous=False, waited for', false),
    ofTheirs('mlflow, its store', 'SQLite WAL + FULL, a commit a point', true),
    rowsCeiling(folder, count, 'one'),
  ]
  yield { name: `${count} ${name}`, goal: '≥ 100× mlflow, ≥ tensorboardX', pieces: count, contenders }
  for (const worker of [step, board, mlflow]) await worker.close()
  records.database.close()
}

export async function* batchCase(use: WriteUse): AsyncGenerator<Case> {
  const { name, folder, peer, slipwayPackage, count } = use
  mkdirSync(folder, { recursive: true })
  const records = await openRecords(join(folder, 'slipway'))
  const peers = await openPeers(use)
  const step = await startWorker(peer.python, script('step_worker.py'), [slipwayPackage])
  const listening = listenToStep(records, step)
  const batches = Array.from({ length: count }, (_, batch) =>
    Array.from({ length: batchSize }, (_, place) =>
      point(`key${place % batchKeys}`, Math.floor((batch * batchSize + place) / batchKeys)),
    ),
  )
  const contenders = [
    ofRecords(records, 'key3', 'slipway', 'WAL + FULL, a commit a batch; points as objects', async () => {
      for (const batch of batches) records.recorder.logMetrics(records.runId(), batch)
    }),
    {
      ...ofRecords(
        records,
        'key3',
        'slipway, from a step',
        'log_metric point by point, group commit; done when durable',
        async () => {
          const finished = listening.finished()
          await step.ask('log_batches', count, batchSize, batchKeys)
          await finished
        },
      ),
      processes: () => [step.pid],
    },
    ...peers.contenders(
      parts.batch,
      { key: 'key3', points: (count * batchSize) / batchKeys, call: 'log_batch' },
      ({ worker }, part) => worker.ask('log_batches', Math.round(count * part), batchSize, batchKeys),
    ),
    blobsCeiling(folder, count, batchSize),
  ]
  try {
    yield { name: `${count} ${name}`, goal: '≥ 40× mlflow', pieces: count * batchSize, contenders }
  } finally {
    await peers.close()
    await step.close()
    records.database.close()
  }
}

function ofRecords(records: Records, key: string, name: string, about: string, work: () => Promise<void>): Contender {
  return {
    name,
    about,
    reset: async () => records.begin(),
    async work() {
      await work()
      return undefined
    },
    output: async () => records.digest(key),
  }
}

function ofMlflow(
  mlflow: Mlflow,
  key: string,
  name: string,
  about: string,
  work: (mlflow: Mlflow) => Promise<unknown>,
): Contender {
  return {
    name,
    about,
    processes: mlflow.processes,
    reset: async () => void (await mlflow.worker.ask('begin')),
    async work() {
      await work(mlflow)
      return undefined
    },
    output: () => mlflow.worker.ask('digest', key),
  }
}
