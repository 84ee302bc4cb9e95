import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AskedLine, LineEvent, LineRunner, LostWords } from '../../api/line-api.ts'
import { fail } from '../../domain/failure.ts'
import type { Project } from '../../domain/project.ts'
import { findProjectFolder } from '../../project/find-project.ts'
import type { ProjectConnection } from '../project-connection.ts'
import type { Call } from './command.ts'
import { commands } from './commands.ts'
import { createOutput, type Output } from './output.ts'
import { type ParsedLine, parseArguments } from './parse-arguments.ts'
import { exitCodeOf, runLine, tellFailure } from './run-line.ts'
import { createSession } from './session.ts'

/**
 * Runs lines of a command that found this core up: what it would load, print and take apart is loaded and warm here.
 * Whatever needs more of that process than its words and its terminal is sent back to it, before anything was done.
 */
export function createLineRunner(connection: ProjectConnection): LineRunner {
  const abort = new AbortController()
  return {
    run: (asked, emit) => void answerLine(asked, connection, abort.signal, emit),
    cancel: () => abort.abort(),
  }
}

async function answerLine(
  asked: AskedLine,
  connection: ProjectConnection,
  signal: AbortSignal,
  emit: (event: LineEvent) => void,
): Promise<void> {
  const line = parseLine(asked.argv)
  const project = await connection.api.project.get({}).catch(() => null)
  const isOurs = line !== null && project !== null && isMeant(project.folder, line.globals, asked)
  if (!isOurs || mayAsk(line.globals, asked, project)) return emit({ kind: 'elsewhere' })
  emit({ kind: 'begun', whenLost: await wordsOfLoss(line.globals, asked) })
  const output = openOutput(line.globals, asked, emit)
  const code = await runHere(line, output, connection, signal).catch((error) => tellFailure(error, output, signal))
  emit({ kind: 'end', code: exitCodeOf(code, signal) })
}

/** Null for what is to be run elsewhere, wrong words included. */
function parseLine(argv: readonly string[]): ParsedLine | null {
  try {
    const line = parseArguments(argv, commands)
    const { command, globals } = line
    const isOurs = command?.inCore === true && !['help', 'version', 'verbose'].some((name) => globals.has(name))
    return isOurs ? line : null
  } catch {
    return null
  }
}

/** By -C or by where it was typed; whoever found this core has only guessed. */
function isMeant(folder: string, globals: Call, { cwd }: AskedLine): boolean {
  try {
    const from = resolve(cwd, globals.option('project') ?? '.')
    return statSync(from).isDirectory() && findProjectFolder(from) === folder
  } catch {
    return false
  }
}

/** Whether there will be the question whether the project is trusted: only the process on that terminal can put it. */
function mayAsk(globals: Call, { canAsk }: AskedLine, { trusted }: Project): boolean {
  return canAsk && !trusted && !globals.has('trust') && !globals.has('yes')
}

async function runHere(line: ParsedLine, output: Output, connection: ProjectConnection, signal: AbortSignal) {
  const nowhere = () => Promise.reject(new Error('a command that runs in core opens nothing else'))
  const session = createSession({
    output,
    signal,
    // The core is not this command's: nothing is waited for at its end.
    endNow: signal,
    folder: '',
    yes: line.globals.has('yes'),
    trust: line.globals.has('trust'),
    canAsk: () => false,
    openHome: nowhere,
    // It is not the command's to close.
    openProject: async () => ({ ...connection, close: async () => undefined }),
    openDesktop: nowhere,
    openWorkbench: nowhere,
  })
  return runLine(line, session)
}

async function wordsOfLoss(globals: Call, asked: AskedLine): Promise<LostWords> {
  let told: Pick<LostWords, 'kind' | 'text'> = { kind: 'err', text: '' }
  const output = openOutput(globals, asked, (event) => {
    if ('text' in event) told = event
  })
  const lost = fail('host/connectionLost', {})
  const code = await tellFailure(lost, output, new AbortController().signal)
  return { ...told, code }
}

function openOutput(globals: Call, asked: AskedLine, emit: (event: LineEvent) => void): Output {
  const options = {
    json: globals.has('json'),
    quiet: globals.has('quiet'),
    verbose: false,
    color: asked.color && !globals.has('no-color'),
  }
  const target = (kind: 'out' | 'err') => ({
    ...asked[kind],
    columns: asked[kind].columns ?? undefined,
    write(chunk: string | Uint8Array, done?: (error?: Error | null) => void) {
      emit({ kind, text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8') })
      done?.()
      return true
    },
  })
  return createOutput(options, target('out'), target('err'))
}
