import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { _electron, type ElectronApplication } from '@playwright/test'
import { openDisplay } from './display.ts'
import { assembleOlderApp } from './older/assemble-app.ts'
import { fetchOlderElectron } from './older/fetch-electron.ts'

const repository = new URL('../..', import.meta.url).pathname
const projectNode = join(repository, 'node_modules/node/bin/node')

export type Shell = {
  readonly app: ElectronApplication
  readonly version: string
  /** What the utility process runs core in: its own process, or the relayed Node of the older Electron. */
  readonly isOlder: boolean
  close(): Promise<void>
}

/** The current Electron where its binary is in place, else the older one with its bridges. */
export function findElectron(): { readonly executable: string; readonly isOlder: boolean } {
  const current = join(
    repository,
    'node_modules/electron/dist',
    process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron',
  )
  if (existsSync(current)) return { executable: current, isOlder: false }
  return { executable: fetchOlderElectron(join(repository, '.cache/older-electron')), isOlder: true }
}

/** Starts the real shell on a home folder of its own. */
export async function launchShell(homeFolder: string): Promise<Shell> {
  const { executable, isOlder } = findElectron()
  // That build brings no starter of its own: it runs what lies in its resources.
  if (isOlder) await assembleOlderApp(join(dirname(executable), 'resources/app'))
  const display = await openDisplay()
  const app = await _electron.launch({
    executablePath: executable,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      `--user-data-dir=${join(homeFolder, 'electron')}`,
      ...(isOlder ? [] : [repository]),
    ],
    env: {
      ...withoutNoise(process.env),
      DISPLAY: display.name,
      SLIPWAY_HOME: homeFolder,
      SLIPWAY_TEST_NODE: projectNode,
    },
    timeout: 60_000,
  })
  return {
    app,
    isOlder,
    version: await app.evaluate(() => process.versions.electron as string),
    async close() {
      await app.close()
      display.stop()
    },
  }
}

/** The shell must not inherit what would make Electron a plain Node or open it to a debugger. */
function withoutNoise(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS', 'FORCE_COLOR'].includes(entry[0]),
    ),
  )
}
