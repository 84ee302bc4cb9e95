import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { fail } from '../../domain/failure.ts'
import type { Parser } from '../../rpc/procedure.ts'

export type HomeFile<Value> = {
  read(): Value
  /** Reads afresh, so that another host's change is not undone. @throws host/homeUnwritable */
  change(update: (value: Value) => Value): Value
}

/**
 * A small JSON document in SLIPWAY_HOME. One that cannot be understood is put aside as `.bad`, never thrown away,
 * and the defaults hold.
 */
export function createHomeFile<Value>(file: string, schema: Parser<Value>, defaults: Value): HomeFile<Value> {
  function read(): Value {
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      if (['ENOENT', 'EACCES', 'ENOTDIR', 'EISDIR'].includes(String((error as NodeJS.ErrnoException).code)))
        return defaults
      throw error
    }
    try {
      return schema.parse(JSON.parse(text))
    } catch {
      putAside(file)
      return defaults
    }
  }
  return {
    read,
    change(update) {
      const value = update(read())
      try {
        write(file, JSON.stringify(value, null, 2))
      } catch (error) {
        throw fail(
          'host/homeUnwritable',
          { folder: dirname(file), problem: (error as Error).message },
          { cause: error },
        )
      }
      return value
    },
  }
}

function putAside(file: string): void {
  try {
    renameSync(file, `${file}.bad`)
  } catch (error) {
    // Where nothing may be written it stays as it is, and is put aside another time.
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(String((error as NodeJS.ErrnoException).code))) throw error
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unfinished = `${file}.${randomUUID().slice(0, 8)}`
  const descriptor = openSync(unfinished, 'wx', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(unfinished, file)
}
