import { statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../../../core/domain/digest.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'
import type { Keeper, KeeperUse } from './keeper.ts'
import { listFiles } from './work.ts'

/** The store of core without anything around it: what the peers do, which look into no table. */
export function openBytes({ folder }: KeeperUse): Keeper {
  const project = join(folder, 'bytes')
  const data = join(project, 'data')
  let store: Store | null = null
  let kept = new Map<string, Digest>()
  const opened = () => {
    if (store === null) throw new Error('cleared first')
    return store
  }
  return {
    name: 'slipway, the bytes alone',
    about: 'its store in this process, SHA-256, synced; nothing is recorded, and no table is read',
    data,
    stored: join(project, 'store'),
    async clear() {
      await rm(project, { recursive: true, force: true })
      await mkdir(project, { recursive: true })
      store = await createStore(join(project, 'store'))
      kept = new Map()
    },
    async add() {
      const paths = listFiles(data, '')
      const files = paths.map((path) => {
        const file = join(data, path)
        return { file, sizeBytes: statSync(file).size, grewFrom: kept.get(path) }
      })
      const results = await opened().files.keep(files)
      kept = new Map(paths.map((path, index) => [path, (results[index] as { digest: Digest }).digest]))
    },
    async restore() {
      const target = join(project, 'restored')
      await rm(target, { recursive: true, force: true })
      await mkdir(target)
      for (const [path, digest] of kept) await opened().files.copyTo(digest, join(target, path))
      return target
    },
  }
}
