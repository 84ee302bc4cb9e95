import type { Database } from '../database/database.ts'
import { joinPoints, type MetricPoints, slicePoints } from './metric-series.ts'
import { packPoints, unpackBatch, unpackPoints } from './pack-points.ts'

/** Points of one key that are read and written together. */
const chunkPoints = 4_096

/** Turns the batches of a run into chunks by key. Who calls holds the transaction. */
export function createMetricFolder(database: Database): (run: number) => void {
  const batches = database.prepare<{ data: Uint8Array }>('SELECT data FROM metric_batch WHERE run = ? ORDER BY number')
  const deleteBatches = database.prepare<never>('DELETE FROM metric_batch WHERE run = ?')
  const lastChunk = database.prepare<{ sequence: number; points: number; data: Uint8Array }>(
    'SELECT sequence, points, data FROM metric_chunk WHERE run = ? AND key = ? ORDER BY sequence DESC LIMIT 1',
  )
  const putChunk = database.prepare<never>(
    'INSERT OR REPLACE INTO metric_chunk (run, key, sequence, points, data) VALUES (?, ?, ?, ?, ?)',
  )

  /** The last chunk is filled up before another is begun. */
  function foldKey(run: number, key: number, parts: readonly MetricPoints[]): void {
    const last = lastChunk.get([run, key])
    const open = last !== undefined && last.points < chunkPoints ? last : null
    const points = joinPoints(open ? [unpackPoints(open.data), ...parts] : parts)
    const first = open?.sequence ?? (last ? last.sequence + last.points : 0)
    for (let at = 0; at < points.values.length; at += chunkPoints) {
      const chunk = slicePoints(points, at, at + chunkPoints)
      putChunk.run([run, key, first + at, chunk.values.length, packPoints(chunk)])
    }
  }

  return (run) => {
    const parts = batches.all([run]).flatMap(({ data }) => unpackBatch(data))
    if (parts.length === 0) return
    for (const [key, own] of Map.groupBy(parts, (part) => part.key)) foldKey(run, key, own)
    deleteBatches.run([run])
  }
}
