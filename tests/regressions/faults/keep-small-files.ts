import { readdirSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createStore } from '../../../core/store/create-store.ts'

/** Keeps every file of the folder `data` beside the given one, and says so once they are kept. */
const folder = process.argv[2] as string
const data = join(dirname(folder), 'data')
const store = await createStore(join(folder, 'store'))
await store.files.keep(
  readdirSync(data).map((name) => ({ file: join(data, name), sizeBytes: statSync(join(data, name)).size })),
)
writeSync(1, 'kept\n')
process.exit(0)
