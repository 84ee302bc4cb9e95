import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { JsonValue } from '../../../../core/domain/json.ts'
import { createFrameReader, encodeFrame } from '../../../../core/execution/frames.ts'
import { stepRunVariable } from '../../../../core/execution/process-tree.ts'
import type {
  StepInput,
  StepMessage,
  StepObserved,
  StepOutput,
  StepRequest,
} from '../../../../core/execution/step-protocol.ts'
import { type MetricSeries, toPoint } from '../../../../core/tracking/metric-series.ts'
import type { MetricPoint } from '../../../../core/tracking/run-records.ts'
import { placeOnce } from '../../../builders/place-once.ts'
import { type TestEnvironmentName, testEnvironment } from '../../../builders/python-environment.ts'
import { temporaryFolder } from '../../../builders/temporary-file.ts'
import { pythonPackage } from './run-cases.ts'

type Failure = Extract<StepMessage, { event: 'failed' }>['failure']
type Metric = MetricPoint

export type ProjectRun = {
  readonly messages: readonly StepMessage[]
  readonly outputs: Readonly<Record<string, StepOutput>>
  /** All outputs, logged artifacts and predictions in the order in which they came. */
  readonly stored: readonly StepOutput[]
  readonly metrics: readonly Metric[]
  readonly observed: StepObserved
  readonly failure: Failure | null
  readonly done: boolean
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

export type RunOptions = {
  readonly module?: string
  readonly inputs?: Readonly<Record<string, StepOutput>>
  readonly params?: Readonly<Record<string, JsonValue>>
  readonly outputs?: readonly string[]
  readonly variables?: Readonly<Record<string, string>>
}

/** A folder of files, and its steps run one by one in a real environment as core would run them. */
export async function pythonProject(environment: TestEnvironmentName, files: Readonly<Record<string, string>>) {
  const { python, folder: environmentFolder } = await testEnvironment(environment)
  const hook = 'slipway_observed.pth'
  placeOnce(
    join(environmentFolder, 'lib', 'python3.11', 'site-packages', hook),
    readFileSync(join(pythonPackage, hook), 'utf8'),
  )
  const folder = join(realpathSync(temporaryFolder('slipway-python-')), 'my project ñ')
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return {
    folder,
    read: (path: string) => readFileSync(join(folder, path), 'utf8'),
    exists: (path: string) => existsSync(join(folder, path)),
    run: (step: string, options: RunOptions = {}) => runStep(python, folder, step, options),
  }
}

async function runStep(python: string, folder: string, step: string, options: RunOptions): Promise<ProjectRun> {
  const own = temporaryFolder('slipway-step-')
  const request: StepRequest = {
    protocol: 1,
    projectFolder: folder,
    module: options.module ?? 'pipeline.py',
    step,
    inputs: Object.entries(options.inputs ?? {}).map(([name, output]) => toInput(name, output)),
    params: options.params ?? {},
    outputs: options.outputs ?? [step],
    outputsDeclared: options.outputs !== undefined,
    stagingFolder: join(own, 'staging'),
    scratchFolder: join(own, 'scratch'),
  }
  mkdirSync(request.stagingFolder)
  mkdirSync(request.scratchFolder)
  const child = spawn(python, ['-m', 'slipway.runner'], {
    cwd: request.stagingFolder,
    env: { ...process.env, PYTHONPATH: pythonPackage, [stepRunVariable]: own, ...options.variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const [, stdout, stderr, down, up] = child.stdio as unknown as import('node:net').Socket[]
  const messages: StepMessage[] = []
  const text = { stdout: '', stderr: '' }
  stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  up?.on(
    'data',
    createFrameReader((message) => messages.push(message as StepMessage)),
  )
  up?.write(encodeFrame(request))
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
  down?.destroy()
  return toRun(messages, text, exitCode)
}

function toRun(
  messages: readonly StepMessage[],
  text: { stdout: string; stderr: string },
  exitCode: number | null,
): ProjectRun {
  const stored = messages.filter((message) => message.event === 'output')
  const observed = messages.find((message) => message.event === 'observed')
  if (!observed) throw new Error(`the step observed nothing; ${text.stderr}`)
  const failed = messages.find((message) => message.event === 'failed')
  return {
    messages,
    stored,
    outputs: Object.fromEntries(stored.filter(({ role }) => role === 'output').map((output) => [output.name, output])),
    metrics: messages.flatMap((message) => (message.event === 'metrics' ? message.series.flatMap(toPoints) : [])),
    observed,
    failure: failed?.failure ?? null,
    done: messages.at(-1)?.event === 'done',
    ...text,
    exitCode,
  }
}

function toPoints(series: MetricSeries): readonly MetricPoint[] {
  return Array.from(series.values, (_, index) => ({ key: series.key, ...toPoint(series, index) }))
}

/** What core does between two steps: the files become read-only blobs. */
function toInput(name: string, output: StepOutput): StepInput {
  for (const file of [output.file, ...output.parts.map((part) => part.file)]) if (file) chmodSync(file, 0o444)
  return {
    name,
    digest: `sha256:${name}`,
    kind: output.kind,
    mediaType: output.mediaType,
    pythonType: output.pythonType,
    file: output.file ?? '',
    parts: output.parts,
    summary: output.summary,
  }
}

/** The parsed JSON of a stored document. */
export function readDocument(output: StepOutput | undefined): unknown {
  if (!output?.file) throw new Error('this output has no document')
  return JSON.parse(readFileSync(output.file, 'utf8'))
}
