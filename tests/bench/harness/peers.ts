import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { runProgram } from './measure.ts'

export const repository = resolve(import.meta.dirname, '../../..')
const peersFolder = join(repository, '.cache', 'bench')

export type PythonPeer = {
  /** Absolute: where its commands lie. */
  readonly bin: string
  readonly python: string
  versionOf(distribution: string): Promise<string>
}

/** A virtual environment with these pinned packages, made once per list, kept in .cache/bench. */
export async function installPythonPeer(
  name: string,
  packages: readonly string[],
  note: (line: string) => void,
): Promise<PythonPeer> {
  const key = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12)
  const folder = join(peersFolder, `${name}-${key}`)
  const bin = join(folder, 'bin')
  const python = join(bin, 'python')
  if (!existsSync(join(folder, 'complete'))) {
    note(`Installing ${packages.join(', ')} …`)
    await rm(folder, { recursive: true, force: true })
    await mkdir(peersFolder, { recursive: true })
    await makeEnvironment(folder, python, packages)
    await writeFile(join(folder, 'complete'), '')
  }
  return {
    bin,
    python,
    versionOf: async (distribution) =>
      (
        await runProgram(python, [
          '-c',
          `import importlib.metadata as m; print(m.version(${JSON.stringify(distribution)}))`,
        ])
      ).trim(),
  }
}

async function makeEnvironment(folder: string, python: string, packages: readonly string[]): Promise<void> {
  const hasUv = await runProgram('uv', ['--version']).then(
    () => true,
    () => false,
  )
  if (hasUv) {
    await runProgram('uv', ['venv', '--quiet', '--python', 'python3', folder])
    if (packages.length > 0)
      await runProgram('uv', ['pip', 'install', '--quiet', '--compile-bytecode', '--python', python, ...packages])
  } else {
    await runProgram('python3', ['-m', 'venv', folder])
    if (packages.length > 0) await runProgram(python, ['-m', 'pip', 'install', '--quiet', ...packages])
  }
}

/** The first line that a program says about itself; null when it is not installed (a Debian package, say). */
export async function programVersion(file: string, args: readonly string[] = ['--version']): Promise<string | null> {
  return await runProgram(file, args).then(
    (text) => text.trim().split('\n')[0] ?? '',
    () => null,
  )
}
