import { join } from 'node:path'
import { pythonPackage } from '../core/execution/python/run-cases.ts'
import type { Bench, BenchContext } from './harness/bench.ts'
import { installPythonPeer } from './harness/peers.ts'
import { curveCase, topCase } from './track/query-cases.ts'
import { batchCase, groupedCase, singleCase, type WriteUse } from './track/write-cases.ts'

const names = {
  single: 'single logs, an fsync each',
  grouped: 'single logs, group commit',
  batch: 'batches of 1,000',
  top: 'filtered top-50',
  curve: 'a curve of many points',
} as const

/** Metrics logged, runs found and curves drawn, beside MLflow and tensorboardX. */
export const bench: Bench = {
  title: 'metrics logged, runs found, curves read',
  async *cases(context: BenchContext) {
    const { quick, folder, wants, note } = context
    const peer = await installPythonPeer('mlflow', ['mlflow==3.17.0', 'tensorboardX==2.6.5'], note)
    const use = (name: string, count: number): WriteUse => ({
      name,
      folder: join(folder, name.replaceAll(/\W+/g, '-')),
      peer,
      slipwayPackage: pythonPackage,
      count,
    })
    if (wants(names.single)) yield* singleCase(use(names.single, quick ? 2_000 : 4_000))
    if (wants(names.grouped)) yield* groupedCase(use(names.grouped, quick ? 2_000 : 20_000))
    if (wants(names.batch)) yield* batchCase(use(names.batch, quick ? 20 : 200))
    for (const runs of quick ? [10_000] : [10_000, 100_000, 1_000_000]) {
      const name = `${names.top} of ${runs} runs`
      if (wants(name)) yield* topCase(use(name, runs), note)
    }
    if (wants(names.curve)) yield* curveCase(use(names.curve, quick ? 100_000 : 300_000))
  },
}
