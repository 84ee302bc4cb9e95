import { join } from 'node:path'
import { fail } from '../../domain/failure.ts'
import { parseDuration, writeDuration } from '../../domain/quantity.ts'
import { findProjectFolder } from '../../project/find-project.ts'
import { findAssets } from '../assets.ts'
import { type LockHolder, readLiveHolder } from '../project-lock.ts'
import type { Call, Command } from './command.ts'

const usualIdle = '10 min'

const start: Command = {
  words: ['core', 'start'],
  summary: 'Keep a core of the project up, so that the commands that follow answer at once',
  positionals: [],
  options: [
    { name: 'idle', value: 'TIME', description: `ends itself when unused for so long (default: ${usualIdle})` },
  ],
  examples: ['slipway core start', 'slipway core start --idle "2 h"'],
  async run(call) {
    const idleMs = readIdle(call)
    const folder = findProjectFolder(process.cwd())
    const { startKeptCore } = await import('../start-kept-core.ts')
    return answer(findHolder(folder) ?? (await startKeptCore(folder, idleMs, findAssets())))
  },
}

const keep: Command = {
  words: ['core', 'keep'],
  summary: 'Whether a workbench that is closed leaves a core of its project up: a setting, off at first',
  positionals: [],
  options: [
    { name: 'idle', value: 'TIME', description: `ends itself when unused for so long (default: ${usualIdle})` },
    { name: 'off', description: 'a core ends with its workbench' },
    { name: 'show', description: 'say how it is set, and change nothing' },
  ],
  examples: ['slipway core keep --idle "1 h"', 'slipway core keep --off'],
  async run(call, session) {
    const home = await session.home()
    const keepCoreMs = call.has('off') ? null : readIdle(call)
    const set = call.has('show') ? await home.settings() : await home.changeSettings({ keepCoreMs })
    const text =
      set.keepCoreMs === null
        ? 'A core ends with its workbench.'
        : `A workbench that is closed leaves a core up, until unused for ${writeDuration(set.keepCoreMs)}.`
    return { json: { keepCore: set.keepCoreMs === null ? null : { idleMs: set.keepCoreMs } }, text: `${text}\n` }
  },
}

const show: Command = {
  words: ['core', 'show'],
  summary: 'The process in which the core of the project lives, if it is up',
  positionals: [],
  options: [],
  examples: ['slipway core show', 'slipway core show --json'],
  run: async () => answer(findHolder(findProjectFolder(process.cwd()))),
}

const stop: Command = {
  words: ['core', 'stop'],
  summary: 'End a core that is kept, once the commands that use it are through',
  positionals: [],
  options: [],
  examples: ['slipway core stop', 'slipway -C wine core stop'],
  async run() {
    const folder = findProjectFolder(process.cwd())
    const holder = findHolder(folder)
    if (holder?.kept === undefined) {
      if (holder === null) return answer(null)
      const problem = `The core lives in process ${holder.pid}: a workbench or another command.`
      throw fail('host/usage', { problem, hint: 'End that; its core ends with it.' })
    }
    const { endKeptCore } = await import('../end-kept-core.ts')
    if (!(await endKeptCore(folder, holder))) throw fail('host/projectBusy', { folder, pid: holder.pid })
    return answer(null)
  },
}

function readIdle(call: Call): number {
  const text = call.option('idle') ?? usualIdle
  const idleMs = parseDuration(text)
  if (idleMs !== null) return idleMs
  throw fail('host/usage', { problem: `"${text}" is no time.`, hint: 'Write it as "90 s", "30 min" or "2 h".' })
}

const findHolder = (folder: string) => readLiveHolder(join(folder, '.slipway'))

function answer(holder: LockHolder | null) {
  if (holder === null) return { json: { core: null }, text: 'No core of this project is up.\n' }
  const { pid, version, kept = null } = holder
  const how = kept
    ? `kept; it ends when unused for ${Math.round(kept.idleMs / 1_000)} s`
    : 'of a workbench or a command'
  return {
    json: { core: { pid, version, kept: kept !== null, idleMs: kept?.idleMs ?? null } },
    text: `Process ${pid}, ${how}\n`,
  }
}

export const coreCommands: readonly Command[] = [start, keep, show, stop]
