import { dataFailures } from './failures/data-failures.ts'
import { engineFailures } from './failures/engine-failures.ts'
import { environmentFailures } from './failures/environment-failures.ts'
import { executionFailures } from './failures/execution-failures.ts'
import { hostFailures } from './failures/host-failures.ts'
import { imageFailures } from './failures/image-failures.ts'
import { modelFailures } from './failures/model-failures.ts'
import { projectFailures } from './failures/project-failures.ts'
import { provingFailures } from './failures/proving-failures.ts'
import { storageFailures } from './failures/storage-failures.ts'
import { sweepFailures } from './failures/sweep-failures.ts'
import { tableFailures } from './failures/table-failures.ts'
import { trackingFailures } from './failures/tracking-failures.ts'
import type { JsonValue } from './json.ts'

/** What happened, what was kept, what to do: the three sentences every error owes a person. */
export type FailureText = { readonly message: string; readonly kept: string; readonly remedy: string }

/**
 * The shell's exit codes, which also class the failure:
 * 1 the answer is no · 2 wrong usage · 3 something needed is missing · 4 refused by a rule · 5 stored data is hurt · 130 cancelled.
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 130

export type FailureEntry<Details> = { readonly exitCode: ExitCode; readonly text: (details: Details) => FailureText }

/** The closed vocabulary. A new failure is one entry in the file of its area. */
const catalogue = {
  ...projectFailures,
  ...environmentFailures,
  ...executionFailures,
  ...storageFailures,
  ...trackingFailures,
  ...tableFailures,
  ...provingFailures,
  ...dataFailures,
  ...sweepFailures,
  ...modelFailures,
  ...imageFailures,
  ...engineFailures,
  ...hostFailures,
}

type Catalogue = typeof catalogue
export type FailureCode = keyof Catalogue
export type FailureDetails<Code extends FailureCode> = Catalogue[Code] extends FailureEntry<infer D> ? D : never

/** An expected failure. Anything else that is thrown is a defect and is reported as `host/unexpected`. */
export class Failure<Code extends FailureCode = FailureCode> extends Error {
  readonly code: Code
  readonly details: FailureDetails<Code>
  constructor(code: Code, details: FailureDetails<Code>, options?: { cause?: unknown }) {
    super((catalogue[code] as FailureEntry<FailureDetails<Code>>).text(details).message, options)
    this.name = 'Failure'
    this.code = code
    this.details = details
  }
}

/** Builds the failure to throw: `throw fail('images/engineUnavailable', { socket })`. */
export function fail<Code extends FailureCode>(
  code: Code,
  details: FailureDetails<Code>,
  options?: { cause?: unknown },
): Failure<Code> {
  return new Failure(code, details, options)
}

export function isFailure<Code extends FailureCode>(error: unknown, code?: Code): error is Failure<Code> {
  return error instanceof Failure && (code === undefined || error.code === code)
}

/** The form every error takes on the wire, in `--json` and in stored records. */
export type DescribedFailure = FailureText & {
  readonly code: string
  readonly exitCode: ExitCode
  readonly details: JsonValue
}

/** Words for any thrown thing. A defect keeps its message but never shows a stack to a person. */
export function describeFailure(error: unknown): DescribedFailure {
  if (isFailure(error)) {
    const entry = catalogue[error.code] as FailureEntry<unknown>
    return {
      code: error.code,
      exitCode: entry.exitCode,
      ...entry.text(error.details),
      details: JSON.parse(JSON.stringify(error.details ?? {})),
    }
  }
  const defect = error instanceof Error ? error.message : String(error)
  const entry = catalogue['host/unexpected']
  return { code: 'host/unexpected', exitCode: entry.exitCode, ...entry.text({ defect }), details: { defect } }
}
