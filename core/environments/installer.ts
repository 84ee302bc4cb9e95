import type { Interpreter } from './find-interpreters.ts'
import type { LockedPackage } from './lock-file.ts'

/** What every call to an installer runs in. */
export type InstallerContext = {
  /** A folder of its own inside `.slipway/tmp`. */
  readonly scratchFolder: string
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
}

export type ResolveRequest = {
  readonly requirements: readonly string[]
  readonly constraints: readonly string[]
  readonly options: readonly string[]
}

/** The two programs that can make an environment: uv when it is there, pip always. Failures come typed. */
export type Installer = {
  readonly name: 'uv' | 'pip'
  create(interpreter: Interpreter, environmentFolder: string, context: InstallerContext): Promise<void>
  /** Every package that the requirements need, chosen for the environment's Python. Installs nothing. */
  resolve(python: string, request: ResolveRequest, context: InstallerContext): Promise<readonly LockedPackage[]>
  /** Makes the environment hold exactly these packages. */
  install(python: string, packages: readonly LockedPackage[], context: InstallerContext): Promise<void>
  /** Puts these packages, and nothing that they need, into a folder of their own. */
  installInto(
    folder: string,
    python: string,
    packages: readonly LockedPackage[],
    context: InstallerContext,
  ): Promise<void>
}

/** Options that all hashes are checked against, as a requirements file. */
export function toInstallList(packages: readonly LockedPackage[]): { text: string; hasAllHashes: boolean } {
  const hasAllHashes = packages.every(({ hashes }) => hashes.length > 0)
  const lines = packages.map(({ name, version, hashes }) =>
    [`${name}==${version}`, ...(hasAllHashes ? hashes.map((hash) => `--hash=${hash}`) : [])].join(' '),
  )
  return { text: `${lines.join('\n')}\n`, hasAllHashes }
}

/** The python program of an environment folder. */
export function pythonIn(environmentFolder: string): string {
  return process.platform === 'win32' ? `${environmentFolder}\\Scripts\\python.exe` : `${environmentFolder}/bin/python`
}
