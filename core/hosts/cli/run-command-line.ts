import process from 'node:process'
import { fail } from '../../domain/failure.ts'
import { homeFolder as findHomeFolder } from '../../project/home-folder.ts'
import { type Assets, findAssets } from '../assets.ts'
import type { Call } from './command.ts'
import { commands } from './commands.ts'
import { leaveForeground } from './leave-foreground.ts'
import { createOutput, type Output } from './output.ts'
import { enterOwnNode } from './own-node.ts'
import { type ParsedLine, parseArguments } from './parse-arguments.ts'
import { exitCodeOf, runLine, tellFailure } from './run-line.ts'
import { createSession, type Session } from './session.ts'

/**
 * One command from argv to exit code. The heavy parts of core load when a command asks for them.
 * @param mayHold false where this process holds no core and only attaches to one
 */
export async function runCommandLine(argv: readonly string[], { mayHold = true } = {}): Promise<number> {
  const assets = findAssets()
  let output = createOutput(guessOutput(argv), process.stdout, process.stderr)
  const interrupt = listenForInterrupt()
  leaveQuietlyWithoutReader()
  process.on('unhandledRejection', (error) => output.note(`Something went wrong in the background: ${String(error)}`))
  let session: Session | null = null
  let code: number
  try {
    const line = parseArguments(argv, commands)
    output = createOutput(toOutputOptions(line.globals), process.stdout, process.stderr)
    if (line.globals.has('version')) {
      await (output.json ? output.document({ version: assets.version }) : output.write(`${assets.version}\n`))
      return 0
    }
    enterFolder(line.globals.option('project'))
    session = openSession(line, output, assets, interrupt, mayHold)
    code = await runLine(line, session)
  } catch (error) {
    code = await tellFailure(error, output, interrupt.signal)
  }
  const exitCode = () => exitCodeOf(code, interrupt.signal)
  await session
    ?.close(() => leaveForeground(exitCode(), output))
    .catch((error: unknown) => output.detail(`while closing: ${String(error)}`))
  return exitCode()
}

function openSession(
  line: ParsedLine,
  output: Output,
  assets: Assets,
  { signal, endNow }: Interrupt,
  mayHold: boolean,
): Session {
  const homeFolder = findHomeFolder()
  const openHome = async () => (await import('../create-home-core.ts')).createHomeCore({ homeFolder, assets })
  const openProject = async (folder: string) =>
    (await import('../open-project.ts')).openProject(folder, {
      homeFolder,
      assets,
      kind: 'command',
      beforeHolding: () => enterOwnNode(assets.nodeBinary, mayHold),
    })
  return createSession({
    output,
    signal,
    endNow,
    folder: process.cwd(),
    yes: line.globals.has('yes'),
    trust: line.globals.has('trust'),
    canAsk: () => process.stdin.isTTY === true,
    openHome,
    openProject,
    async openDesktop(folder) {
      const { findDesktop, openDesktop } = await import('../open-desktop.ts')
      const program = findDesktop(assets.root)
      if (program === null) return null
      const { findShownProject } = await import('../open-workbench.ts')
      const project = await findShownProject(await openHome(), folder)
      return openDesktop(program, { root: assets.root, projectKey: project?.key ?? null, signal })
    },
    openWorkbench: async (folder, port) =>
      (await import('../open-workbench.ts')).openWorkbench({
        folder,
        port,
        homeFolder,
        assets,
        home: await openHome(),
      }),
  })
}

function toOutputOptions(globals: Call) {
  return {
    json: globals.has('json'),
    quiet: globals.has('quiet'),
    verbose: globals.has('verbose'),
    color: !globals.has('no-color') && !process.env.NO_COLOR,
  }
}

/** For the words about a line that could not be parsed. */
function guessOutput(argv: readonly string[]) {
  const has = (...spellings: string[]) => argv.some((word) => spellings.includes(word))
  return {
    json: has('--json'),
    quiet: false,
    verbose: has('--verbose', '-v'),
    color: !has('--no-color') && !process.env.NO_COLOR,
  }
}

/** As in git: everything that follows is relative to that folder. */
function enterFolder(folder: string | null): void {
  if (folder === null) return
  try {
    process.chdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : 'cannot be entered'
    throw fail('host/usage', { problem: `The folder ${folder} ${problem}.`, hint: 'Pass -C the folder of a project.' })
  }
}

type Interrupt = { readonly signal: AbortSignal; readonly endNow: AbortSignal }

/**
 * The first Ctrl-C cancels what this command does and lets things end well, others' commands included; a signal that
 * means the process does not wait for those. The second leaves at once.
 */
function listenForInterrupt(): Interrupt {
  const cancel = new AbortController()
  const end = new AbortController()
  const interrupt = (name: NodeJS.Signals) => {
    if (cancel.signal.aborted) process.exit(130)
    cancel.abort()
    if (name !== 'SIGINT') end.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt)
  return { signal: cancel.signal, endNow: end.signal }
}

/** `slipway runs | head` closes our stdout early: what was asked for was given. */
function leaveQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
