import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { JsonValue } from '../../../core/domain/json.ts'
import { type KernelListener, noLimits, type StepLimits, type StepOutcome } from '../../../core/execution/kernel.ts'
import { createProcessJournal } from '../../../core/execution/process-journal.ts'
import { createPythonKernel } from '../../../core/execution/python-kernel.ts'
import { createStepEnvironment } from '../../../core/execution/step-environment.ts'
import type { StartProcess } from '../../../core/execution/step-process.ts'
import { testEnvironment } from '../../builders/python-environment.ts'
import { testFolder } from './test-folder.ts'

const pythonPackages = resolve(import.meta.dirname, '../../../core/execution/python')

export type OneStep = {
  readonly code: string
  readonly params?: Readonly<Record<string, JsonValue>>
  readonly outputs?: readonly string[]
  readonly limits?: Partial<StepLimits>
  readonly logBytes?: number
  readonly lock?: string
  readonly listener?: KernelListener
  readonly signal?: AbortSignal
  readonly graceMs?: number
  readonly pythonPath?: string
  readonly stepRunId?: string
  readonly addressSpaceBytes?: number
  readonly controlGroups?: boolean
  /** A warm source of processes; without one each is started afresh. */
  readonly startProcess?: StartProcess | undefined
  readonly fresh?: boolean
  /** A project that is there already, instead of a fresh one. */
  readonly project?: string
  /** Beside pipeline.py. */
  readonly files?: Readonly<Record<string, string>>
  readonly variables?: Readonly<Record<string, string>>
}

export type OneStepRun = StepOutcome & {
  readonly folder: string
  readonly project: string
  readonly logFile: string
  readonly stagingFolder: string
}

let count = 0

/** Runs the step `work` of a one-module project in a real Python process. */
export async function runOneStep(one: OneStep): Promise<OneStepRun> {
  const folder = testFolder('kernel')
  const project = one.project ?? join(folder, 'project')
  const stagingFolder = join(folder, 'outputs')
  const scratchFolder = join(folder, 'scratch')
  for (const each of [project, stagingFolder, scratchFolder]) mkdirSync(each, { recursive: true })
  for (const [path, text] of Object.entries({ ...one.files, 'pipeline.py': one.code }))
    writeFileSync(join(project, path), text)
  const pythonPath = one.pythonPath ?? (await testEnvironment('bare')).python
  const stepRunId = one.stepRunId ?? `test${process.pid}x${count++}`
  const logFile = join(folder, 'step.log')
  const kernel = createPythonKernel({
    journal: createProcessJournal(join(folder, 'processes')),
    graceMs: one.graceMs ?? 1_000,
    controlGroups: one.controlGroups ?? true,
    ...(one.startProcess ? { startProcess: one.startProcess } : {}),
  })
  const environment = createStepEnvironment({
    step: 'work',
    stepRunId,
    pythonPath,
    own: process.env,
    declared: one.variables ?? {},
    cpus: null,
  })
  const outcome = await kernel.runStep(
    {
      stepRunId,
      pythonPath,
      environment: { ...environment, PYTHONPATH: pythonPackages },
      logFile,
      ...(one.logBytes === undefined ? {} : { logBytes: one.logBytes }),
      ...(one.lock === undefined ? {} : { lock: one.lock }),
      fresh: one.fresh ?? false,
      limits: { ...noLimits, ...one.limits },
      request: {
        protocol: 1,
        projectFolder: project,
        module: 'pipeline.py',
        step: 'work',
        inputs: [],
        params: one.params ?? {},
        outputs: one.outputs ?? ['work'],
        outputsDeclared: false,
        stagingFolder,
        scratchFolder,
        addressSpaceBytes: one.addressSpaceBytes,
      },
    },
    one.listener ?? {},
    one.signal ?? new AbortController().signal,
  )
  return { ...outcome, folder: dirname(stagingFolder), project, logFile, stagingFolder }
}

/** A step with that body, indented by hand as Python wants it. */
export function step(body: string, imports = ''): string {
  const lines = body.split('\n').map((line) => `    ${line}`)
  return `${imports}\nfrom slipway import step, log_metric\n\n@step\ndef work():\n${lines.join('\n')}\n`
}
