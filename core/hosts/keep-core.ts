import { statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { homeFolder } from '../project/home-folder.ts'
import { findAssets } from './assets.ts'
import { openProject } from './open-project.ts'
import { readLiveHolder } from './project-lock.ts'

/**
 * The entry of a core that is kept for the commands to come: `keep-core FOLDER IDLE_MS`. It says `ready` once commands
 * can attach, and ends when nobody used it for that long, when it is told to (SIGTERM), or when its project is gone.
 */
const lookMs = 250
const [folder = '', idleMs = '0'] = process.argv.slice(2)

// Whoever started it has gone by the time it may have something to say.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
const connection = await openProject(folder, {
  homeFolder: homeFolder(),
  assets: findAssets(),
  kept: { idleMs: Number(idleMs), end: () => end(false) },
})
if (!connection.holds) process.exit(0)
process.stdout.write('ready\n')

let ending = false
function end(now: boolean): void {
  if (ending && !now) return
  ending = true
  void connection.close({ now }).finally(() => process.exit(0))
}

let told = 0
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(++told > 1))

const place = placeOf(folder)
let lastUsedAt = performance.now()
setInterval(() => {
  if (connection.isUsed()) lastUsedAt = performance.now()
  const isOurs = placeOf(folder) === place && readLiveHolder(join(folder, '.slipway'))?.pid === process.pid
  if (!isOurs) end(true)
  else if (performance.now() - lastUsedAt > Number(idleMs)) end(false)
}, lookMs)

function placeOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.dev}:${found.ino}` : 'gone'
}
