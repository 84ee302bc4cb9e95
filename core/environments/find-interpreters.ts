import { readdirSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, sep } from 'node:path'
import { fail } from '../domain/failure.ts'
import { runProgram } from './run-program.ts'
import { compareVersions, fitsVersion, oldestPython, toNumbers } from './version-spec.ts'

/** An interpreter that was run and told about itself. `path` is absolute and never stored. */
export type Interpreter = {
  readonly path: string
  readonly version: string
  readonly implementation: string
  readonly platform: string
  readonly canMakeEnvironments: boolean
}

const question = [
  'import importlib.util, json, platform, sys, sysconfig',
  'has = lambda name: importlib.util.find_spec(name) is not None',
  'print(json.dumps({"path": sys.executable, "version": platform.python_version(),',
  ' "implementation": platform.python_implementation(), "platform": sysconfig.get_platform(),',
  ' "canMakeEnvironments": has("venv") and has("ensurepip")}))',
].join('\n')

const answerWithinMs = 10_000

type Variables = Readonly<Record<string, string | undefined>>

/** Runs an interpreter isolated (`-I`) and reads back what it is; null when it does not answer as Python does. */
export async function describeInterpreter(path: string, variables: Variables): Promise<Interpreter | null> {
  try {
    const { exitCode, stdout } = await runProgram(path, ['-I', '-c', question], {
      folder: homedir(),
      variables,
      timeoutMs: answerWithinMs,
    })
    if (exitCode !== 0) return null
    const told = JSON.parse(stdout) as Interpreter
    return typeof told.path === 'string' && /^\d+\.\d+\.\d+/.test(told.version) ? told : null
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'EACCES' || code === 'ENOEXEC') return null
    throw error
  }
}

/**
 * The newest Python on this computer that fits. Nothing inside the project is ever tried: a project must not bring
 * the program that judges it.
 * @throws environments/pythonMissing, environments/pythonUnfit
 */
export async function findInterpreter(
  wanted: string | null,
  projectFolder: string,
  variables: Variables,
): Promise<Interpreter> {
  const spec = wanted ?? `>=${oldestPython}`
  const candidates = new Map(listCandidates(projectFolder, variables).map((one) => [one.real, one.path]))
  const asked = [...candidates.values()].map((path) => describeInterpreter(path, variables))
  const found = (await Promise.all(asked)).filter((one) => one !== null)
  const versions = [...new Set(found.map((one) => one.version))].sort(byVersion)
  const fitting = found
    .filter((one) => fitsVersion(one.version, spec) && fitsVersion(one.version, `>=${oldestPython}`))
    .sort((a, b) => byVersion(b.version, a.version))
  const chosen = fitting.find((one) => one.canMakeEnvironments)
  if (chosen) return chosen
  const unfit = fitting[0]
  if (unfit)
    throw fail('environments/pythonUnfit', { python: unfit.version, reason: 'its venv or ensurepip module is missing' })
  throw fail('environments/pythonMissing', { wanted: spec, found: versions })
}

function byVersion(a: string, b: string): number {
  return compareVersions(toNumbers(a), toNumbers(b))
}

type Candidate = { readonly path: string; readonly real: string }

/** Everything called python on PATH, in pyenv, and in the usual places that a desktop session's PATH lacks. */
function listCandidates(projectFolder: string, variables: Variables): readonly Candidate[] {
  const isWindows = process.platform === 'win32'
  const pathVariable = Object.entries(variables).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? ''
  const pyenv = variables.PYENV_ROOT ?? join(homedir(), '.pyenv')
  const folders = [
    ...pathVariable.split(delimiter).filter((folder) => folder !== ''),
    ...listNames(join(pyenv, 'versions')).map((name) => join(pyenv, 'versions', name, 'bin')),
    ...(isWindows ? [] : ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin']),
  ]
  const pattern = isWindows ? /^python(3(\.\d+)?)?\.exe$/i : /^python(3(\.\d+)?)?$/
  return (
    [...new Set(folders)]
      // A pyenv shim is a slow script that may refuse; the versions behind it are listed themselves.
      .filter((folder) => !isInside(folder, projectFolder) && folder !== join(pyenv, 'shims'))
      .flatMap((folder) =>
        listNames(folder)
          .filter((name) => pattern.test(name))
          .map((name) => join(folder, name)),
      )
      .flatMap((path) => toCandidate(path, projectFolder))
  )
}

function toCandidate(path: string, projectFolder: string): readonly Candidate[] {
  try {
    const real = realpathSync(path)
    return isInside(real, projectFolder) || !statSync(real).isFile() ? [] : [{ path, real }]
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'EPERM', 'EINVAL'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )
}
