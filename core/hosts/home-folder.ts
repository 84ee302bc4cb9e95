import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

type Variables = Readonly<Record<string, string | undefined>>

/** SLIPWAY_HOME, or the system's place for an application's data. Settings, keys, trust and known projects live there. */
export function findHomeFolder(variables: Variables = process.env, platform: string = process.platform): string {
  if (variables.SLIPWAY_HOME) return resolve(variables.SLIPWAY_HOME)
  const user = homedir()
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Slipway')
  if (platform === 'win32') return join(variables.LOCALAPPDATA ?? join(user, 'AppData', 'Local'), 'Slipway')
  return join(variables.XDG_DATA_HOME || join(user, '.local', 'share'), 'slipway')
}
