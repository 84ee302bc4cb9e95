import { additions } from './additions.ts'
import type { InstallerContext } from './installer.ts'
import type { LockedPackage } from './lock-file.ts'
import { toPackageName } from './requirement.ts'
import { runProgram } from './run-program.ts'

/** A resolver only knows declared rules; versions that it lets stand together may still not import. */
const program = [
  'import importlib, json, sys',
  'for name in sys.argv[1:]:',
  '    try:',
  '        importlib.import_module(name)',
  '    except Exception as error:',
  '        print(json.dumps([name, f"{type(error).__name__}: {error}"]))',
].join('\n')

/** A sentence for each addition of Slipway's that is installed and does not import. */
export async function findBrokenAdditions(
  python: string,
  packages: readonly LockedPackage[],
  context: InstallerContext,
): Promise<readonly string[]> {
  const names = new Set(packages.map(({ name }) => name))
  const present = additions.filter(({ requirements }) => names.has(toPackageName(requirements[0] as string)))
  if (present.length === 0) return []
  const modules = present.flatMap((addition) => addition.modules)
  const { stdout } = await runProgram(python, ['-I', '-c', program, ...modules], {
    ...context,
    folder: context.scratchFolder,
  })
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('["'))
    .map((line) => JSON.parse(line) as [string, string])
    .map(([module, reason]) => {
      const addition = present.find((one) => one.modules.includes(module))
      return `${module} (${addition?.what}) does not work with the project's versions: ${reason}`
    })
}
