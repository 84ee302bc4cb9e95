import type { Digest } from '../domain/digest.ts'
import type { Environment } from '../domain/environment.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import type { Run, RunComparison } from '../domain/run.ts'
import { unifiedDiff } from '../domain/unified-diff.ts'
import type { StepRunCandidate } from './run-records.ts'

/** A run with what its steps were made from, cached ones included. */
export type ComparedRun = {
  readonly run: Run
  readonly steps: readonly StepRunCandidate[]
  readonly environment: Environment | null
}

/** What differs between runs, side by side in their order. `readText` gives the source that a digest names. */
export async function compareRuns(
  compared: readonly ComparedRun[],
  readText: (digest: Digest) => Promise<string>,
): Promise<RunComparison> {
  const runs = compared.map(({ run }) => run)
  return {
    runs,
    params: rows(
      runs.map((run): Readonly<Record<string, JsonValue>> => run.params),
      (key, values, differs) => ({ key, values, differs }),
    ),
    metrics: rows(
      runs.map((run): Readonly<Record<string, number | string>> => run.metrics),
      (key, values, differs) => ({ key, values, differs }),
    ),
    code: await compareCode(compared, readText),
    data: rows(compared.map(filesRead), (path, digests, differs) => ({ path, digests, differs })),
    packages: rows(compared.map(packagesOf), (name, versions, differs) => ({ name, versions, differs })),
  }
}

function rows<Value extends JsonValue, Row>(
  columns: readonly Readonly<Record<string, Value>>[],
  toRow: (key: string, values: readonly (Value | null)[], differs: boolean) => Row,
): readonly Row[] {
  const keys = [...new Set(columns.flatMap((column) => Object.keys(column)))].sort()
  return keys.map((key) => {
    const values = columns.map((column) => (Object.hasOwn(column, key) ? (column[key] as Value) : null))
    return toRow(key, values, new Set(values.map((value) => canonicalJson(value))).size > 1)
  })
}

async function compareCode(
  compared: readonly ComparedRun[],
  readText: (digest: Digest) => Promise<string>,
): Promise<RunComparison['code']> {
  const steps = [...new Set(compared.flatMap(({ steps }) => steps.map(({ step }) => step)))]
  return Promise.all(
    steps.map(async (step) => {
      const each = compared.map(({ steps }) => steps.find((candidate) => candidate.step === step) ?? null)
      const digests = each.map((candidate) => candidate?.sourceDigest ?? null)
      const differs = new Set(digests).size > 1
      return { step, digests, differs, diff: differs ? await diffSources(compared, each, readText) : null }
    }),
  )
}

/** Every module of the step, the first run against each other one that differs from it. */
async function diffSources(
  compared: readonly ComparedRun[],
  each: readonly (StepRunCandidate | null)[],
  readText: (digest: Digest) => Promise<string>,
): Promise<string | null> {
  const [first, ...others] = each.map((candidate) => sourcesOf(candidate))
  const parts: string[] = []
  for (const [index, other] of others.entries()) {
    for (const path of new Set([...Object.keys(first ?? {}), ...Object.keys(other)])) {
      const [before, after] = [first?.[path], other[path]]
      if (before === after) continue
      const [from, to] = [compared[0]?.run.id, compared[index + 1]?.run.id]
      const texts = await Promise.all([before, after].map((digest) => (digest ? readText(digest) : '')))
      parts.push(unifiedDiff(texts[0] ?? '', texts[1] ?? '', { from: `${path} (${from})`, to: `${path} (${to})` }))
    }
  }
  return parts.length > 0 ? [...new Set(parts)].join('') : null
}

function sourcesOf(candidate: StepRunCandidate | null): Readonly<Record<string, Digest>> {
  const files = [...(candidate?.sources ?? []), ...(candidate?.observed.modules ?? [])]
  return Object.fromEntries(files.map(({ path, digest }) => [path, digest]))
}

function filesRead({ steps }: ComparedRun): Readonly<Record<string, Digest>> {
  const files = steps.flatMap(({ observed }) => observed.filesRead)
  return Object.fromEntries(files.flatMap(({ path, digest }) => (digest ? [[path, digest]] : [])))
}

function packagesOf({ environment }: ComparedRun): Readonly<Record<string, string>> {
  if (environment === null) return {}
  const packages = environment.packages.map(({ name, version }) => [name, version])
  return { python: environment.python, ...Object.fromEntries(packages) }
}
