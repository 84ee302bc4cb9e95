import { type DescribedFailure, describeFailure, type FailureCode, fail } from '../../core/domain/failure.ts'
import { RemoteError } from '../../core/rpc/client.ts'
import { readTooLongError } from '../../core/rpc/message-too-long.ts'

/** Any thrown thing as the three sentences for people. A remote failure and that of a job bring them along. */
export function toDescribedFailure(error: unknown): DescribedFailure {
  if (isDescribed(error)) return error
  if (error instanceof RemoteError) {
    const tooLong = readTooLongError(error.wire)
    if (tooLong) {
      const { bytes, longestBytes } = tooLong
      return describeFailure(fail('host/messageTooLong', { bytes, longestBytes }))
    }
    const { code, message, kept, remedy, exitCode, details } = error.wire as Partial<DescribedFailure> & {
      code: string
      message: string
    }
    return {
      code,
      message,
      kept: kept ?? 'What was acknowledged before is stored.',
      remedy: remedy ?? 'Wait until the connection is back, then try again.',
      exitCode: exitCode ?? 1,
      details: details ?? null,
    }
  }
  return describeFailure(error)
}

export function isFailureCode(error: unknown, code: FailureCode): boolean {
  return error instanceof RemoteError && error.code === code
}

function isDescribed(value: unknown): value is DescribedFailure {
  return (
    typeof value === 'object' && value !== null && !(value instanceof Error) && 'remedy' in value && 'message' in value
  )
}
