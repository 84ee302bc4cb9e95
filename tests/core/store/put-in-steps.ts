import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { createStore } from '../../../core/store/create-store.ts'

/** Puts and names one thing after the other; each line on stdout is an acknowledgement. */
const folder = process.argv[2] as string
const acknowledge = (line: string) => writeSync(1, `${line}\n`)
const store = await createStore(join(folder, 'store'))
acknowledge('opened')
for (let round = 0; round < 2; round++) {
  const descriptor = await store.putBytes(`content ${round} ${'x'.repeat(10_000)}`, 'text/plain')
  acknowledge(`put ${descriptor.digest}`)
  await store.setReference({ name: `name:${round}`, descriptor })
  acknowledge(`named name:${round} ${descriptor.digest}`)
}
acknowledge('done')
