import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import process from 'node:process'

/** For a folder that tests share: one beside this must never meet a half-written file, nor write one without the right to. */
export function placeOnce(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, text)
  renameSync(fresh, file)
}
