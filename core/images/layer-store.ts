import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import { canonicalJson } from '../domain/json.ts'
import type { FrozenLayer } from './base.ts'
import type { LayerMemory } from './layers.ts'

export type LayerStore = LayerMemory & {
  /** Bytes that the sweep of the store must leave, so that the next build need not compress them again. */
  keptDigests(): readonly Digest[]
}

/** Which layer came of which contents, in the project's database. */
export function createLayerStore(database: Database): LayerStore {
  const select = database.prepare<{ detail: string }>('SELECT detail FROM frozen_layer WHERE key = $key')
  const selectAll = database.prepare<{ detail: string }>('SELECT detail FROM frozen_layer')
  const upsert = database.prepare(`
    INSERT INTO frozen_layer (key, detail) VALUES ($key, $detail)
    ON CONFLICT (key) DO UPDATE SET detail = excluded.detail`)
  return {
    find(key) {
      const row = select.get({ key })
      return row ? (JSON.parse(row.detail) as FrozenLayer) : null
    },
    remember(key, layer) {
      upsert.run({ key, detail: canonicalJson(layer) })
    },
    keptDigests: () => selectAll.all().map(({ detail }) => (JSON.parse(detail) as FrozenLayer).descriptor.digest),
  }
}
