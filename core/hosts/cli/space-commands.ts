import { describeBytes } from '../../domain/describe-bytes.ts'
import { shortDigest } from '../../domain/digest.ts'
import { fail } from '../../domain/failure.ts'
import { parseDuration } from '../../domain/quantity.ts'
import { type SpaceAmount, type SpaceFreed, type SpaceSurvey, spaceUseWords } from '../../domain/space.ts'
import { addAmounts, describeAmount, describeDeletedRuns, describeFreed } from '../../domain/space-words.ts'
import type { Call, Command } from './command.ts'
import { formatTable } from './format-table.ts'

const mostNamed = 10

const gc: Command = {
  words: ['gc'],
  summary: 'Move what nothing needs to the trash, and end what has been there, or deleted, for 30 days',
  positionals: [],
  options: [
    { name: 'dry-run', description: 'say what would go, how much space that is, and what stays; change nothing' },
    { name: 'older-than', value: 'TIME', description: 'only what is older, as "30d", "12h" or "0" (default: 1d)' },
    { name: 'empty-trash', description: 'end the trash and deleted runs now, instead of after 30 days; asks first' },
  ],
  examples: ['slipway gc --dry-run', 'slipway gc --empty-trash --yes --json'],
  async run(call, session) {
    const olderThanMs = readAge(call)
    const age = olderThanMs === null ? {} : { olderThanMs }
    const project = await session.project()
    const space = await project.space.survey(age)
    if (call.has('dry-run')) return { json: { dryRun: true, space, freed: null }, text: describeSurvey(space) }
    const emptyTrash = call.has('empty-trash')
    const all = addAmounts(space.ending, space.resting, space.unused, space.logs)
    const runs = space.deletedRuns.count
    const question = `End ${describeAmount(all)}${runs === 0 ? '' : ` and ${describeDeletedRuns(runs)}`} for good, which could be taken back until now?`
    if (emptyTrash && all.count + runs > 0 && !(await session.confirm(question, '--yes')))
      throw fail('execution/canceled', { what: 'Emptying the trash' })
    const job = await session.complete((api) => api.space.clear({ ...age, emptyTrash }))
    const freed = job.result as unknown as SpaceFreed
    return {
      json: { dryRun: false, space, freed },
      text: describeFreed(freed)
        .map((sentence) => `${sentence}\n`)
        .join(''),
    }
  },
}

/** Null when it was not said. */
function readAge(call: Call): number | null {
  const text = call.option('older-than')
  if (text === null) return null
  const ms = /^\s*0\s*[a-z]*\s*$/i.test(text) ? 0 : parseDuration(text)
  if (ms === null)
    throw fail('host/usage', { problem: `"${text}" is no time.`, hint: 'Write it as "30d", "12h" or "0".' })
  return ms
}

function describeSurvey(space: SpaceSurvey): string {
  const { uses, unused, young, besideOthers, ending, resting, largest, nextEndAt, strangers } = space
  const named = largest.slice(0, mostNamed)
  return [
    formatTable(
      ['WHAT', 'SIZE', 'NUMBER'],
      uses.map(({ use, bytes, count }) => [spaceUseWords[use], describeBytes(bytes), String(count)]),
      'Nothing is stored.',
    ),
    '\n',
    line(unused, 'needed by no run, dataset, model or image: would go to the trash'),
    ...named.map(
      ({ digest, bytes, storedAt }) =>
        `    ${shortDigest(digest)}  ${describeBytes(bytes)}, since ${dayOf(storedAt)}\n`,
    ),
    unused.count > named.length ? `    and ${unused.count - named.length} more\n` : '',
    line(
      young,
      `needed by nothing yet, and stays: younger than ${describeAge(space.olderThanMs)}, or of work that goes on`,
    ),
    line(besideOthers, 'needed by nothing, and stays: it shares a pack with files that are needed'),
    line(space.logs, 'of output that no run shows any more: would go to the trash'),
    line(ending, 'in the trash for 30 days: would end'),
    line(resting, `in the trash, and stays until its 30 days are over (next: ${dayOf(nextEndAt ?? '')})`),
    space.deletedRuns.count === 0
      ? ''
      : `${describeDeletedRuns(space.deletedRuns.count)}, ${space.deletedRuns.ending} of them for 30 days: would go for good; what the others hold stays\n`,
    strangers.length === 0
      ? ''
      : `Left alone in the trash, for Slipway did not put it there: ${strangers.slice(0, mostNamed).join(', ')}\n`,
    `Everything else is needed and stays. ${describeBytes(space.freeBytes)} are free on the disk.\n`,
    resting.count > 0 ? '"slipway gc --empty-trash" ends what is in the trash at once.\n' : '',
    uses.some(({ use, bytes }) => use === 'pastEnvironments' && bytes > 0)
      ? '"slipway env clean" removes the environments of past runs.\n'
      : '',
  ].join('')
}

function line(amount: SpaceAmount, words: string): string {
  return amount.count === 0 ? '' : `${describeAmount(amount)} ${words}\n`
}

const dayOf = (at: string) => at.slice(0, 10)

function describeAge(ms: number): string {
  const hours = ms / 3_600_000
  return hours >= 48 || hours === 24 ? `${Math.round(hours / 24)} d` : `${Math.round(hours * 10) / 10} h`
}

export const spaceCommands: readonly Command[] = [gc]
