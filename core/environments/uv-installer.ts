import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, sep } from 'node:path'
import { explainInstaller } from './explain-installer.ts'
import { type Installer, type InstallerContext, toInstallList } from './installer.ts'
import type { LockedPackage } from './lock-file.ts'
import { toPackageName } from './requirement.ts'
import { runProgram } from './run-program.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** The uv on PATH, or null; never one inside the project. */
export function findUv(projectFolder: string, variables: Variables): string | null {
  const name = process.platform === 'win32' ? 'uv.exe' : 'uv'
  const folders = (variables.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const outside = folders.filter((folder) => folder !== projectFolder && !folder.startsWith(projectFolder + sep))
  return outside.map((folder) => join(folder, name)).find(isProgram) ?? null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** uv: the same results, many times faster. */
export function createUvInstaller(uv: string): Installer {
  /** Run from the home folder: a uv.toml in the project must not choose where packages come from. */
  const run = async (args: readonly string[], environmentFolder: string, context: InstallerContext) => {
    const result = await runProgram(uv, [...args, '--color', 'never', '--no-progress'], {
      ...context,
      variables: toUvVariables(context.variables),
      folder: homedir(),
    })
    if (result.exitCode !== 0) throw explainInstaller(`${result.stdout}\n${result.stderr}`, environmentFolder)
  }
  return {
    name: 'uv',
    create: (interpreter, environmentFolder, context) =>
      run(['venv', '--allow-existing', '--python', interpreter.path, environmentFolder], environmentFolder, context),
    resolve: async (python, { requirements, constraints, options }, context) => {
      if (requirements.length === 0) return []
      const [input, limits, output] = ['requirements.txt', 'constraints.txt', 'resolved.txt'].map((name) =>
        join(context.scratchFolder, name),
      ) as [string, string, string]
      writeFileSync(input, `${requirements.join('\n')}\n`)
      writeFileSync(limits, `${constraints.join('\n')}\n`)
      writeFileSync(output, '')
      const form = ['--generate-hashes', '--no-header', '--no-annotate', '--quiet']
      const chosen = options.flatMap(toUvOption)
      await run(
        ['pip', 'compile', input, '-c', limits, '-o', output, '--python', python, ...form, ...chosen],
        dirname(dirname(python)),
        context,
      )
      return parseCompiled(readFileSync(output, 'utf8'))
    },
    install: async (python, packages, context) => {
      const list = toInstallList(packages)
      const file = join(context.scratchFolder, 'install.txt')
      writeFileSync(file, list.text)
      const check = list.hasAllHashes && packages.length > 0 ? ['--require-hashes'] : []
      await run(
        ['pip', 'sync', file, '--allow-empty-requirements', '--python', python, ...check],
        dirname(dirname(python)),
        context,
      )
    },
    installInto: async (folder, python, packages, context) => {
      const file = join(context.scratchFolder, 'install.txt')
      writeFileSync(file, toInstallList(packages).text)
      const only = ['--no-deps', '--target', folder, '--python', python, '-r', file]
      await run(['pip', 'install', ...only], dirname(dirname(python)), context)
    },
  }
}

function toUvOption(option: string): readonly string[] {
  if (option === '--pre') return ['--prerelease', 'allow']
  return option === '--prefer-binary' ? [] : option.split(/[\s=]+/)
}

/** pip's settings for where packages come from hold for uv too, unless uv has its own. */
function toUvVariables(variables: Variables): Variables {
  return {
    ...variables,
    UV_DEFAULT_INDEX: variables.UV_DEFAULT_INDEX ?? variables.UV_INDEX_URL ?? variables.PIP_INDEX_URL,
    SSL_CERT_FILE: variables.SSL_CERT_FILE ?? variables.PIP_CERT,
  }
}

function parseCompiled(text: string): readonly LockedPackage[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const match = /^([A-Za-z0-9._-]+)==([A-Za-z0-9.!+_-]+)/.exec(line.trim())
      if (!match) return []
      const hashes = [...line.matchAll(/sha256:[0-9a-f]{64}/g)].map(([hash]) => hash)
      return [{ name: toPackageName(match[1] as string), version: match[2] as string, hashes }]
    })
}
