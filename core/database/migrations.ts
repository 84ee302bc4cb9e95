import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Migration = { readonly version: number; readonly name: string; readonly sql: string }

/** Beside this file in the source and beside the bundle in a build. */
export function defaultMigrationsFolder(): string {
  return fileURLToPath(new URL('./migrations', import.meta.url))
}

/** `0001-first.sql`, `0002-…`: numbered without a gap, so that a version says exactly what was applied. */
export function readMigrations(folder: string): readonly Migration[] {
  if (!existsSync(folder)) throw new Error(`the folder of migrations is missing: ${folder}`)
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name, sql: readFileSync(join(folder, name), 'utf8') }))
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.name} is out of sequence in ${folder}`)
  }
  if (migrations.length === 0) throw new Error(`no migrations in ${folder}`)
  return migrations
}
