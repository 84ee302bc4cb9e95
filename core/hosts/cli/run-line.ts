import { describeWireError } from '../../api/describe-wire-error.ts'
import { type DescribedFailure, fail } from '../../domain/failure.ts'
import { commands } from './commands.ts'
import { describeAllCommands, describeCommand, describeNoun } from './describe-help.ts'
import type { Output } from './output.ts'
import { isNoun, type ParsedLine } from './parse-arguments.ts'
import type { Session } from './session.ts'

/** What a line says, done and printed. @returns its exit code */
export async function runLine(line: ParsedLine, session: Session): Promise<number> {
  const { command, globals, call } = line
  const { output } = session
  if (command === null || globals.has('help')) {
    await output.write(describeLine(line))
    return 0
  }
  const answer = await command.run(call, session)
  if (!('written' in answer)) {
    const { json } = answer
    if (output.json) await output.document(typeof json === 'function' ? await json() : json)
    else await output.write(answer.text)
  }
  return answer.exitCode ?? 0
}

/** @throws host/usage for a noun without its verb */
function describeLine({ command, words, globals }: ParsedLine): string {
  const noun = words[0]
  if (command === null && !globals.has('help') && noun !== undefined) {
    throw fail('host/usage', {
      problem: `"slipway ${noun}" needs a verb.`,
      hint: `See "slipway ${noun} --help".`,
    })
  }
  if (isNoun(commands, words)) return describeNoun(noun as string, commands)
  return command ? describeCommand(command) : describeAllCommands(commands)
}

/** Says why a line came to no end. @returns its exit code */
export async function tellFailure(error: unknown, output: Output, signal: AbortSignal): Promise<number> {
  const described = describeThrown(error, signal)
  await output.failure(described, error instanceof Error ? (error.stack ?? null) : null)
  return described.exitCode
}

function describeThrown(error: unknown, signal: AbortSignal): DescribedFailure {
  if (signal.aborted && error instanceof Error && error.name === 'AbortError') {
    return describeWireError(fail('execution/canceled', { what: 'The command' }))
  }
  return describeWireError(error)
}

export const exitCodeOf = (code: number, signal: AbortSignal) => (signal.aborted && code !== 0 ? 130 : code)
