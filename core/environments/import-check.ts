import { additions, type Lessons } from './additions.ts'
import type { InstallerContext } from './installer.ts'
import type { LockedPackage } from './lock-file.ts'
import { runProgram } from './run-program.ts'

/** A resolver only knows declared rules; releases that it lets stand together may still not import. */
const program = [
  'import importlib, json, sys',
  'for name in sys.argv[1:]:',
  '    try:',
  '        importlib.import_module(name)',
  '    except Exception as error:',
  '        print("\\0" + json.dumps([name, f"{type(error).__name__}: {error}"]))',
].join('\n')

export type BrokenAddition = { readonly name: string; readonly version: string; readonly reason: string }

/** Slipway's additions that are installed and do not import. */
export async function findBrokenAdditions(
  python: string,
  packages: readonly LockedPackage[],
  context: InstallerContext,
): Promise<readonly BrokenAddition[]> {
  const versions = new Map(packages.map(({ name, version }) => [name, version]))
  const present = additions.filter(({ name }) => versions.has(name))
  if (present.length === 0) return []
  const { stdout } = await runProgram(python, ['-I', '-c', program, ...present.map(({ module }) => module)], {
    ...context,
    folder: context.scratchFolder,
  })
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('\0'))
    .map((line) => JSON.parse(line.slice(1)) as [string, string])
    .flatMap(([module, reason]) => {
      const name = present.find((one) => one.module === module)?.name
      return name ? [{ name, version: versions.get(name) as string, reason: reason.split('\n')[0] as string }] : []
    })
}

const mostAttempts = 3

/** An older release is tried a few times; then the addition is given up, with the reason that was seen. */
export function learn(lessons: Lessons, broken: readonly BrokenAddition[], attempt: number): Lessons {
  const isLast = attempt >= mostAttempts
  const tooNew = Object.fromEntries(broken.map(({ name, version }) => [name, version]))
  const hopeless = isLast ? Object.fromEntries(broken.map(({ name, reason }) => [name, reason])) : {}
  return { tooNew: { ...lessons.tooNew, ...tooNew }, hopeless: { ...lessons.hopeless, ...hopeless } }
}
