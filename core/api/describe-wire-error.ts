import { type DescribedFailure, describeFailure, fail } from '../domain/failure.ts'
import { RemoteError } from '../rpc/client.ts'
import type { WireError } from '../rpc/message.ts'
import { MessageTooLong, readTooLongError } from '../rpc/message-too-long.ts'
import { UnknownProcedure } from '../rpc/server.ts'
import { DescribedError } from './described-error.ts'

/** Words for whatever a call threw, in the one form that every host shows. Another core's words pass unchanged. */
export function describeWireError(error: unknown): WireError & DescribedFailure {
  if (error instanceof RemoteError && 'kept' in error.wire) return error.wire as WireError & DescribedFailure
  if (error instanceof DescribedError) return error.described
  const tooLong = error instanceof RemoteError ? readTooLongError(error.wire) : error
  if (tooLong instanceof MessageTooLong) {
    const { bytes, longestBytes } = tooLong
    return describeFailure(fail('host/messageTooLong', { bytes, longestBytes }))
  }
  if (error instanceof RemoteError) return describeFailure(fail('host/connectionLost', {}))
  if (isInputError(error)) return describeFailure(fail('host/usage', wordInput(error)))
  if (error instanceof UnknownProcedure) {
    const hint = 'Update Slipway on both sides, then try again.'
    return describeFailure(fail('host/usage', { problem: `There is no call named "${error.path}".`, hint }))
  }
  return describeFailure(error)
}

/** What the schemas of inputs throw, told by its shape: whoever only words errors is spared loading them. */
type InputError = Error & {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}

function isInputError(error: unknown): error is InputError {
  return error instanceof Error && error.name === 'ZodError' && 'issues' in error && Array.isArray(error.issues)
}

function wordInput(error: InputError): { problem: string; hint: string } {
  const issue = error.issues[0]
  const place = issue && issue.path.length > 0 ? `"${issue.path.map(String).join('.')}": ` : ''
  return {
    problem: `The input was refused: ${place}${issue?.message ?? 'wrong shape'}.`,
    hint: 'Correct that value and try again.',
  }
}
