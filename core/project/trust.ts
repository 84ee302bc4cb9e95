import { readHomeFile, writeHomeFile } from './home-folder.ts'

/** Real path of a project folder → when its code was trusted (ISO-8601 UTC). */
type Trusted = { readonly [realFolder: string]: string }

const fileName = 'trusted.json'

function isTrustedFile(value: unknown): value is Trusted {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((at) => typeof at === 'string')
  )
}

/** True when the user has said that the code of this project may run. A copy or a moved folder must be trusted anew. */
export function isTrusted(homeFolder: string, realFolder: string): boolean {
  return Object.hasOwn(readHomeFile(homeFolder, fileName, isTrustedFile, {}), realFolder)
}

export function trustProject(homeFolder: string, realFolder: string, at: string): void {
  const trusted = readHomeFile(homeFolder, fileName, isTrustedFile, {})
  if (!Object.hasOwn(trusted, realFolder)) writeHomeFile(homeFolder, fileName, { ...trusted, [realFolder]: at })
}
