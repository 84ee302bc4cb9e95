import { userInfo } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Settings } from '../../api/home-core.ts'
import { createHomeFile, type HomeFile } from './home-file.ts'

const schema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  displayName: z.string().min(1).optional(),
})

/** The user's settings. Whoever has not given a name goes by that of the account. */
export function createSettingsFile(homeFolder: string): {
  read(): Settings
  change(change: Partial<Settings>): Settings
} {
  const file: HomeFile<z.infer<typeof schema>> = createHomeFile(join(homeFolder, 'settings.json'), schema, {
    theme: 'system',
  })
  const complete = (value: z.infer<typeof schema>): Settings => ({
    theme: value.theme,
    displayName: value.displayName ?? accountName(),
  })
  return {
    read: () => complete(file.read()),
    change: (change) => complete(file.change((value) => ({ ...value, ...change }))),
  }
}

/** An account without an entry has no name to go by. */
function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}
