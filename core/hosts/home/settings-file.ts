import { userInfo } from 'node:os'
import type { Settings } from '../../api/home-core.ts'
import { fail } from '../../domain/failure.ts'
import { readHomeFile, writeHomeFile } from '../../project/home-folder.ts'

type Kept = Partial<Settings>

const fileName = 'settings.json'

/** The user's settings. Whoever has not given a name goes by that of the account. */
export function createSettingsFile(homeFolder: string) {
  const read = (): Kept => readHomeFile(homeFolder, fileName, isKept, {})
  const complete = (kept: Kept): Settings => ({
    theme: kept.theme ?? 'system',
    displayName: kept.displayName ?? accountName(),
    keepCoreMs: kept.keepCoreMs ?? null,
  })
  return {
    read: () => complete(read()),
    /** @throws host/homeUnwritable */
    change(change: Kept): Settings {
      const kept = { ...read(), ...change }
      try {
        writeHomeFile(homeFolder, fileName, kept)
      } catch (error) {
        throw fail('host/homeUnwritable', { folder: homeFolder, problem: (error as Error).message }, { cause: error })
      }
      return complete(kept)
    },
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false
  const { theme, displayName, keepCoreMs } = value as { readonly [Name in keyof Settings]?: unknown }
  const isTheme = theme === undefined || ['system', 'light', 'dark'].includes(String(theme))
  const isTime =
    keepCoreMs === undefined || keepCoreMs === null || (Number.isSafeInteger(keepCoreMs) && Number(keepCoreMs) > 0)
  return isTheme && isTime && (displayName === undefined || (typeof displayName === 'string' && displayName !== ''))
}

/** An account without an entry has no name to go by. */
function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}
