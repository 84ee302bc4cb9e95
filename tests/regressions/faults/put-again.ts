import { statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describeFailure } from '../../../core/domain/failure.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { digestOf } from '../../../core/store/hash-file.ts'

/** Puts the same bytes twice; says of each attempt what came of it and which file stands there then. */
const say = (line: string) => writeSync(1, `${line}\n`)
const bytes = 'the same bytes'
try {
  const store = await createStore(join(process.argv[2] as string, 'store'))
  for (let attempt = 0; attempt < 2; attempt++) {
    const inode = () => statSync(store.pathOf(digestOf(bytes)), { throwIfNoEntry: false })?.ino
    try {
      await store.putBytes(bytes, 'text/plain')
      say(`put ${inode()}`)
    } catch (error) {
      say(`refused ${describeFailure(error).code} ${inode()}`)
    }
  }
} catch (error) {
  say(`closed ${describeFailure(error).code}`)
}
