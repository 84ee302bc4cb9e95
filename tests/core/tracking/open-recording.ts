import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
import { type Digest, parseDigest } from '../../../core/domain/digest.ts'
import type { Environment } from '../../../core/domain/environment.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { Observation } from '../../../core/domain/observation.ts'
import { createLineageStore } from '../../../core/lineage/lineage-store.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { digestOf } from '../../../core/store/hash-file.ts'
import type { Store } from '../../../core/store/store.ts'
import { createRecorder } from '../../../core/tracking/create-recorder.ts'
import { ownIdentity } from '../../../core/tracking/process-identity.ts'
import { createRunQueries } from '../../../core/tracking/run-queries.ts'
import type { MetricPoint, NewArtifact } from '../../../core/tracking/run-records.ts'

export const digestLike = (hex: string) => parseDigest(`sha256:${hex.repeat(64).slice(0, 64)}`)
export const someTime = '2026-01-02T03:04:05.000Z'

const someLock = 'numpy==2.3.1\npandas==3.0.1\n'

export const someEnvironment: Environment = {
  python: '3.11.7',
  implementation: 'CPython',
  platform: 'linux-x86_64',
  lockDigest: digestOf(someLock),
  packages: [
    { name: 'numpy', version: '2.3.1' },
    { name: 'pandas', version: '3.0.1' },
  ],
}

export type StepPlan = {
  readonly step: string
  readonly text?: string
  readonly params?: Readonly<Record<string, JsonValue>>
  readonly inputs?: readonly { readonly name: string; readonly digest: Digest }[]
  readonly filesRead?: Observation['filesRead']
  readonly gives?: readonly NewArtifact[]
  readonly metrics?: readonly MetricPoint[]
  readonly log?: string
  readonly cacheKey?: string
}

async function openStore(folder: string): Promise<Store> {
  const store = await createStore(join(folder, 'store'))
  if (store.sizeOf(someEnvironment.lockDigest) === null) await store.putBytes(someLock, mediaTypes.lock)
  return store
}

export type Recording = Awaited<ReturnType<typeof openRecording>>

/** A real database and a real store in a folder of their own, with what makes recording a step short. */
export async function openRecording(folder = mkdtempSync(join(tmpdir(), 'slipway-tracking-'))) {
  const database = openProjectDatabase(folder)
  const open = async () => {
    const store = await openStore(folder)
    const lineage = createLineageStore(database)
    return {
      store,
      lineage,
      recorder: createRecorder({ database, lineage }),
      runs: createRunQueries({ database, store }),
    }
  }
  // A disk may fail at any of these.
  const { store, lineage, recorder, runs } = await open().catch((error) => {
    try {
      database.close()
    } catch {}
    throw error
  })

  async function give(name: string, text: string, more: Partial<NewArtifact> = {}): Promise<NewArtifact> {
    const descriptor = await store.putBytes(text, more.descriptor?.mediaType ?? mediaTypes.json)
    const plain = { role: 'output', kind: 'json', parts: [], pythonType: 'builtins.dict' } as const
    return { name, ...plain, runsCodeWhenLoaded: false, summary: {}, ...more, descriptor }
  }

  function startRun(steps: readonly string[], more: Partial<Parameters<typeof recorder.createRun>[0]> = {}) {
    const planned = steps.map((step) => ({ step, reasons: [] }))
    return recorder.createRun({ params: {}, git: null, host: null, owner: ownIdentity(), ...more, steps: planned })
  }

  async function doStep(stepRunId: string, plan: StepPlan): Promise<void> {
    const source = await store.putBytes(plan.text ?? `def ${plan.step}(): ...\n`, mediaTypes.source)
    const log = plan.log === undefined ? null : await store.putBytes(plan.log, mediaTypes.text)
    const sources = [{ path: 'pipeline.py', digest: source.digest }]
    recorder.stepStarted(stepRunId, {
      startedAt: someTime,
      pid: process.pid,
      owner: ownIdentity(),
      module: 'pipeline.py',
      params: plan.params ?? {},
      sourceDigest: source.digest,
      sources,
      environment: someEnvironment,
    })
    recorder.stepCompleted(stepRunId, {
      endedAt: '2026-01-02T03:04:07.500Z',
      durationMs: 2500,
      peakMemoryBytes: 1_000_000,
      cacheKey: plan.cacheKey ?? null,
      observed: observe(plan.filesRead ?? []),
      artifacts: plan.gives ?? [],
      inputs: plan.inputs ?? [],
      environment: someEnvironment,
      logDigest: log?.digest ?? null,
      metrics: plan.metrics ?? [],
    })
  }

  function finish(runId: string) {
    return recorder.finishRun(runId, { state: 'completed', endedAt: someTime, durationMs: 3000, failure: null })
  }

  function close(): void {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  }

  return { folder, database, store, lineage, recorder, runs, give, startRun, doStep, finish, close }
}

export function observe(filesRead: Observation['filesRead']): Observation {
  return {
    filesRead,
    filesWritten: [],
    outsideWrites: [],
    modules: [],
    packages: [],
    variables: [],
    network: false,
    platform: { system: 'Linux' },
  }
}

export function point(key: string, value: MetricPoint['value'], iteration: number | null = null): MetricPoint {
  return { key, value, iteration, at: someTime }
}
