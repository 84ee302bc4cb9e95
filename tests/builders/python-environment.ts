import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const repository = resolve(import.meta.dirname, '../..')
const root = join(repository, '.cache', 'test-environments')

/** Pinned, so that a test that passed yesterday meets the same packages today. */
export const testRequirements = {
  /** Everything that most tests need: tables, arrays, models, figures, export. */
  science: [
    'scikit-learn==1.9.1',
    'pandas==3.1.1',
    'pyarrow==26.0.1',
    'matplotlib==3.11.2',
    'skl2onnx==1.20.0',
    'onnx==1.23.2',
    'protobuf<7',
    'skops==0.16.0',
  ],
  /** `science`, and the runtime that the tests of exported graphs compare with. */
  onnx: [
    'scikit-learn==1.9.1',
    'pandas==3.1.1',
    'pyarrow==26.0.1',
    'skl2onnx==1.20.0',
    'onnx==1.23.2',
    'onnxruntime==1.31.1',
    'protobuf<7',
    'skops==0.16.0',
  ],
  /** Pins of early 2024, as many projects still have them. */
  older: [
    'scikit-learn==1.4.2',
    'numpy==1.26.4',
    'pandas==2.2.2',
    'pyarrow==15.0.2',
    'skl2onnx==1.20.0',
    'onnxruntime<1.24',
    'protobuf<7',
  ],
  /** The exporter's own failure: protobuf 7 breaks it. */
  protobuf7: ['scikit-learn==1.9.1', 'numpy', 'skl2onnx==1.20.0', 'onnx==1.23.2', 'protobuf==7.36.2'],
  numpy: ['numpy==2.4.6'],
  /** What proposes the trials of a sweep. */
  search: ['optuna==5.0.0', 'numpy==2.4.6'],
  /** Stock clients of what a served model speaks. */
  clients: ['tritonclient[http]==2.73.0', 'prometheus-client==0.26.0'],
  /** The validator of Croissant documents. */
  croissant: ['mlcroissant==1.1.1'],
  /** Other libraries of values: figures with JSON of their own, models with fields. */
  figures: ['plotly==7.1.0', 'altair==6.3.0', 'bokeh==3.9.2', 'pydantic==2.14.3'],
  /** Gradient boosting libraries with formats and exporters of their own. */
  boosting: [
    'xgboost-cpu==3.2.0',
    'lightgbm==4.7.0',
    'onnxmltools==1.16.0',
    'skl2onnx==1.20.0',
    'onnx==1.23.2',
    'onnxruntime==1.31.1',
    'scikit-learn==1.9.1',
    'pandas==3.1.1',
    'protobuf<7',
  ],
  polars: ['polars==2.1.0', 'duckdb==2.0.1'],
  /** Nothing at all: the standard library. */
  bare: [],
} as const satisfies Record<string, readonly string[]>

export type TestEnvironmentName = keyof typeof testRequirements

export type TestEnvironment = {
  readonly name: TestEnvironmentName
  /** Absolute path of the interpreter inside the environment. */
  readonly python: string
  readonly folder: string
}

/**
 * A real virtual environment of that name, made once per list of requirements and shared by all test
 * processes: the first one builds it while the others wait. uv is used when it can be had, else venv and pip.
 */
export async function testEnvironment(name: TestEnvironmentName): Promise<TestEnvironment> {
  const requirements = testRequirements[name]
  const key = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 12)
  const folder = join(root, `${name}-${key}`)
  const environment = { name, folder, python: join(folder, 'bin', 'python') }
  if (existsSync(join(folder, 'complete'))) return environment
  await withLock(`${name}-${key}`, async () => {
    if (existsSync(join(folder, 'complete'))) return
    await rm(folder, { recursive: true, force: true })
    await build(folder, requirements)
    await writeFile(join(folder, 'complete'), '')
  })
  return environment
}

async function build(folder: string, requirements: readonly string[]): Promise<void> {
  const uv = await findUv()
  if (uv) {
    await execute(uv, ['venv', '--quiet', '--python', systemPython(), folder])
    const python = join(folder, 'bin', 'python')
    if (requirements.length) await execute(uv, ['pip', 'install', '--quiet', '--python', python, ...requirements])
    return
  }
  await execute(systemPython(), ['-m', 'venv', folder])
  if (requirements.length) {
    await execute(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...requirements])
  }
}

/** uv from the path, else one of our own beside the environments; null when it cannot be installed. */
async function findUv(): Promise<string | null> {
  const onPath = await run('uv', ['--version']).then(
    () => 'uv',
    () => null,
  )
  if (onPath) return onPath
  const folder = join(root, 'uv')
  const uv = join(folder, 'bin', 'uv')
  if (existsSync(uv)) return uv
  return await withLock('uv', async () => {
    if (existsSync(uv)) return uv
    const started = `${folder}.${process.pid}`
    try {
      await execute(systemPython(), ['-m', 'venv', started])
      await execute(join(started, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', 'uv'])
      await rename(started, folder)
      return uv
    } catch {
      await rm(started, { recursive: true, force: true })
      return null
    }
  })
}

const systemPython = () => process.env.SLIPWAY_TEST_PYTHON ?? 'python3'

async function execute(file: string, parameters: readonly string[]): Promise<void> {
  await run(file, [...parameters], { maxBuffer: 64 * 1024 * 1024 })
}

/** One holder among all processes; the lock of a process that is gone is taken over. */
async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  await mkdir(root, { recursive: true })
  const lock = join(root, `${name}.lock`)
  for (;;) {
    const taken = await writeFile(lock, String(process.pid), { flag: 'wx' }).then(
      () => true,
      () => false,
    )
    if (taken) break
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''))
    if (holder && !isAlive(holder)) await rm(lock, { force: true })
    await sleep(200)
  }
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
