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
      const digests = compared.map((one) => one.steps.find((each) => each.step === step)?.sourceDigest ?? null)
      const differs = new Set(digests).size > 1
      const names = compared.map(({ run }) => `${step} (${run.id})`)
      return { step, digests, differs, diff: differs ? await diffCode(digests, names, readText) : null }
    }),
  )
}

/** The code that the step could reach, of the first run against each other one that differs from it. */
async function diffCode(
  digests: readonly (Digest | null)[],
  names: readonly string[],
  readText: (digest: Digest) => Promise<string>,
): Promise<string> {
  const texts = await Promise.all(digests.map((digest) => (digest === null ? '' : readText(digest))))
  const [first = '', ...others] = texts
  const parts = others.map((text, index) => {
    return unifiedDiff(first, text, { from: names[0] as string, to: names[index + 1] as string })
  })
  return parts.join('')
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
