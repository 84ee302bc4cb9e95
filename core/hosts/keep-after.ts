import type { Settings } from '../api/home-core.ts'
import { writeDuration } from '../domain/quantity.ts'
import type { Assets } from './assets.ts'

/**
 * What a workbench leaves behind that has let go of these projects: a core of each where the user's settings ask for
 * it, started as `slipway core start` does. @returns what there is to say of it, a line for each project
 */
export async function keepCoresAfter(
  folders: readonly string[],
  readSettings: () => Promise<Settings>,
  assets: Assets,
): Promise<readonly string[]> {
  if (folders.length === 0) return []
  try {
    const { keepCoreMs } = await readSettings()
    if (keepCoreMs === null) return []
    const { startKeptCore } = await import('./start-kept-core.ts')
    return await Promise.all(
      folders.map((folder) =>
        startKeptCore(folder, keepCoreMs, assets).then(
          ({ pid }) => `A core of ${folder} is kept: process ${pid}, until unused for ${writeDuration(keepCoreMs)}.`,
          (error: unknown) => `No core of ${folder} is kept: ${describe(error)}`,
        ),
      ),
    )
  } catch (error) {
    return [`No core is kept: ${describe(error)}`]
  }
}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error))
