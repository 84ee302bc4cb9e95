import type { Database } from '../database/database.ts'
import { canonicalJson } from '../domain/json.ts'
import type { FrozenLayer } from './base.ts'
import type { LayerMemory } from './layers.ts'

/** Which layer came of which contents, in the project's database. Bytes that are gone by then are made again. */
export function createLayerStore(database: Database): LayerMemory {
  const select = database.prepare<{ detail: string }>('SELECT detail FROM frozen_layer WHERE key = $key')
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
  }
}
