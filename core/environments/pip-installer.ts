import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { explainInstaller } from './explain-installer.ts'
import { listInstalled, ownPackages } from './installed-packages.ts'
import { type Installer, type InstallerContext, toInstallList } from './installer.ts'
import type { LockedPackage } from './lock-file.ts'
import { toPackageName } from './requirement.ts'
import { runProgram } from './run-program.ts'
import { compareVersions, toNumbers } from './version-spec.ts'

/** The first pip that can resolve without installing and report it. */
const oldestPip = [23, 0]
const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--retries', '2']

/**
 * venv and pip: always there. Where the interpreter has a pip of its own, that one fills the environment, which saves
 * unpacking another copy into each project.
 */
export function createPipInstaller(): Installer {
  const found = new Map<string, Promise<readonly [string, ...string[]]>>()
  const pipRun = async (python: string, args: readonly string[], context: InstallerContext) => {
    const pip = found.get(python) ?? findPip(python, context)
    found.set(python, pip)
    const [program, ...before] = await pip
    await run(program, [...before, ...args], folderOf(python), context)
  }
  return {
    name: 'pip',
    create: async (interpreter, environmentFolder, context) => {
      const bare = (await hasPip(interpreter.path, context)) ? ['--without-pip'] : []
      await run(interpreter.path, ['-I', '-m', 'venv', ...bare, environmentFolder], environmentFolder, context)
    },
    resolve: async (python, { requirements, constraints, options }, context) => {
      if (requirements.length === 0) return []
      const [input, limits, report] = ['requirements.txt', 'constraints.txt', 'report.json'].map((name) =>
        join(context.scratchFolder, name),
      ) as [string, string, string]
      writeFileSync(input, `${requirements.join('\n')}\n`)
      writeFileSync(limits, `${constraints.join('\n')}\n`)
      const form = ['--dry-run', '--ignore-installed', '--report', report, '-r', input, '-c', limits]
      await pipRun(python, ['install', ...quiet, ...options, ...form], context)
      return readReport(readFileSync(report, 'utf8'))
    },
    install: async (python, packages, context) => {
      const list = toInstallList(packages)
      const file = join(context.scratchFolder, 'install.txt')
      writeFileSync(file, list.text)
      const check = list.hasAllHashes ? ['--require-hashes'] : []
      if (packages.length > 0)
        await pipRun(python, ['install', ...quiet, '--no-deps', '--no-compile', ...check, '-r', file], context)
      const wanted = new Set(packages.map(({ name }) => name))
      const extra = listInstalled(folderOf(python))
        .map(({ name }) => name)
        .filter((name) => !wanted.has(name) && !ownPackages.has(name))
      if (extra.length > 0) await pipRun(python, ['uninstall', '--yes', ...extra], context)
    },
    installInto: async (folder, python, packages, context) => {
      const file = join(context.scratchFolder, 'install.txt')
      writeFileSync(file, toInstallList(packages).text)
      const only = ['--no-deps', '--no-compile', '--target', folder, '-r', file]
      await pipRun(python, ['install', ...quiet, ...only], context)
    },
  }
}

type Report = {
  readonly install: readonly {
    readonly metadata: { readonly name: string; readonly version: string }
    readonly download_info: { readonly archive_info?: { readonly hashes?: { readonly sha256?: string } } }
  }[]
}

function readReport(text: string): readonly LockedPackage[] {
  return (JSON.parse(text) as Report).install.map(({ metadata, download_info }) => {
    const sha256 = download_info.archive_info?.hashes?.sha256
    return { name: toPackageName(metadata.name), version: metadata.version, hashes: sha256 ? [`sha256:${sha256}`] : [] }
  })
}

/** The environment's own pip when it has one that can resolve, else that of the Python it was made from. */
async function findPip(python: string, context: InstallerContext): Promise<readonly [string, ...string[]]> {
  const own = [python, '-I', '-m', 'pip'] as const
  if (listInstalled(folderOf(python)).some(({ name, version }) => name === 'pip' && canResolve(version))) return own
  const { stdout } = await ask(python, 'import sys; print(sys._base_executable)', context)
  const base = stdout.trim()
  if (await hasPip(base, context)) return [base, '-I', '-m', 'pip', '--python', python]
  await run(python, ['-I', '-m', 'ensurepip', '--default-pip'], folderOf(python), context)
  await run(python, ['-I', '-m', 'pip', 'install', ...quiet, '--upgrade', 'pip>=23'], folderOf(python), context)
  return own
}

/** True when an interpreter has a pip of its own that can resolve without installing. */
async function hasPip(python: string, context: InstallerContext): Promise<boolean> {
  const { exitCode, stdout } = await ask(python, 'import importlib.metadata as m; print(m.version("pip"))', context)
  return exitCode === 0 && canResolve(stdout)
}

function canResolve(version: string): boolean {
  return compareVersions(toNumbers(version.trim()), oldestPip) >= 0
}

function ask(python: string, code: string, context: InstallerContext) {
  const { variables, signal, scratchFolder } = context
  return runProgram(python, ['-I', '-c', code], { variables, signal, folder: scratchFolder })
}

async function run(
  program: string,
  args: readonly string[],
  environmentFolder: string,
  context: InstallerContext,
): Promise<void> {
  const result = await runProgram(program, args, { ...context, folder: context.scratchFolder })
  if (result.exitCode !== 0) throw explainInstaller(`${result.stdout}\n${result.stderr}`, environmentFolder)
}

function folderOf(python: string): string {
  return dirname(dirname(python))
}
