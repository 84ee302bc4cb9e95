import { availableParallelism } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { StepEffect } from '../domain/observation.ts'
import { passedVariables } from './passed-variables.ts'
import { stepRunVariable } from './process-tree.ts'
import type { StepObserved } from './step-protocol.ts'

const threadVariables = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'NUMEXPR_NUM_THREADS']

/** Names by which a project could make another program of ours, or the loader, run or fetch something else. */
const refused =
  /^(LD_|DYLD_|GIT_|SLIPWAY_|DOCKER_|NODE_|ELECTRON_|PYTHON(STARTUP|HOME|PATH|EXECUTABLE|PLATLIBDIR|INSPECT|BREAKPOINT|HASHSEED|USERBASE|PYCACHEPREFIX)$|PATH$|IFS$|BASH_ENV$|ENV$|.*_PROXY$)/i

/** They differ between computers, or are set by Python itself, without a difference in what a step computes. */
const machineBound =
  /^(PATH|HOME|LC_CTYPE|USER|LOGNAME|PWD|OLDPWD|SHLVL|TERM|DISPLAY|COLUMNS|LINES|TMPDIR|TEMP|TMP|XDG_.*|SLIPWAY_.*|VIRTUAL_ENV|HOSTNAME|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|NUMBER_OF_PROCESSORS|_)$/i

export type StepEnvironmentOptions = {
  readonly step: string
  readonly stepRunId: string
  readonly pythonPath: string
  /** This process's own environment. */
  readonly own: Readonly<Record<string, string | undefined>>
  /** [steps.STEP] environment of slipway.toml. */
  readonly declared: Readonly<Record<string, string>>
  readonly cpus: number | null
}

/** The whole environment of a step's process. @throws execution/variableRefused */
export function createStepEnvironment(options: StepEnvironmentOptions): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {}
  for (const [name, value] of passedVariables(options.own)) environment[name] = value
  if (options.cpus !== null) for (const name of threadVariables) environment[name] = String(Math.ceil(options.cpus))
  for (const [name, value] of Object.entries(options.declared)) {
    if (refused.test(name) || !/^[A-Za-z_]\w*$/.test(name))
      throw fail('execution/variableRefused', { step: options.step, variable: name })
    environment[name] = value
  }
  const folder = dirname(options.pythonPath)
  const pathName = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  environment[pathName] = environment[pathName] ? `${folder}${delimiter}${environment[pathName]}` : folder
  return {
    // Figures are stored, never shown in a window.
    MPLBACKEND: 'Agg',
    // How long idle threads of OpenBLAS wait at full speed for more work, as a power of two cycles: a tenth of a
    // millisecond instead of 25, in which they take the processors from the step itself.
    OPENBLAS_THREAD_TIMEOUT: '18',
    ...environment,
    // onnxruntime reports sessions, with hashes of the model, to its maker unless this is set.
    ORT_DISABLE_TELEMETRY: '1',
    VIRTUAL_ENV: dirname(folder),
    PYTHONHASHSEED: '0',
    [stepRunVariable]: options.stepRunId,
  }
}

/** Of no secret kind, and able to change a result: their values are recorded, so that a run can be proved. */
const recordedVariables = /^(LANG|LANGUAGE|LC_[A-Z]+|TZ|PYTHONHASHSEED|CUDA_VISIBLE_DEVICES)$/

let zone: { readonly variable: string | undefined; readonly name: string } | null = null

/** Asking takes half a millisecond, and nothing but this variable changes the answer while we run. */
function timeZoneName(): string {
  if (zone === null || zone.variable !== process.env.TZ)
    zone = { variable: process.env.TZ, name: Intl.DateTimeFormat().resolvedOptions().timeZone }
  return zone.name
}

/** What of a step's environment is recorded by value; a name that is absent was not set. */
export function describeVariables(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const facts: Record<string, string> = { timeZoneName: timeZoneName() }
  for (const [name, value] of Object.entries(environment))
    if (recordedVariables.test(name) || threadVariables.includes(name)) facts[`variable.${name}`] = value
  return facts
}

/** A step's environment with the locale, time zone, hash seed and threads that `describeVariables` told of. */
export function restoreVariables(
  environment: Readonly<Record<string, string>>,
  platform: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (platform.timeZoneName === undefined) return environment
  const kept = Object.entries(environment).filter(
    ([name]) => !recordedVariables.test(name) && !threadVariables.includes(name),
  )
  const recorded = Object.entries(platform).flatMap(([key, value]) =>
    key.startsWith('variable.') ? [[key.slice('variable.'.length), value]] : [],
  )
  const restored: Record<string, string> = Object.fromEntries([...kept, ...recorded])
  const here = describeVariables({})
  // Nothing was set: the computer's own zone and processors decided, so they are put in their place.
  if (restored.TZ === undefined && platform.timeZoneName !== here.timeZoneName) restored.TZ = platform.timeZoneName
  if (platform.cpus !== undefined && platform.cpus !== String(availableParallelism()))
    for (const name of threadVariables) restored[name] ??= platform.cpus
  return restored
}

/** What was observed, and which variables it did not find though `own`, the environment of Slipway, holds them. */
export function withVariablesNotGiven(
  observed: StepObserved | null,
  own: Readonly<Record<string, string | undefined>>,
): StepObserved | null {
  const names = (observed?.variables ?? []).filter(({ name, value }) => value === null && own[name] !== undefined)
  if (observed === null || names.length === 0) return observed
  const more = names.map(({ name }): StepEffect => ({ kind: 'variable', name, where: null }))
  return { ...observed, effects: [...(observed.effects ?? []), ...more] }
}

/** True for a variable whose value belongs to the result, when a step was seen to read it. */
export function isResultVariable(name: string): boolean {
  return !machineBound.test(name)
}
