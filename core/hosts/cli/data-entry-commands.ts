import { fail } from '../../domain/failure.ts'
import { type Command, optional, required } from './command.ts'
import { termOptions, toTerms } from './data-add-command.ts'
import { wordBytes } from './describe-version.ts'
import { formatTable } from './format-table.ts'

const mostFiles = 2_000
const removable = ['origin', 'licence', 'purpose', 'expires', 'personal', 'contact']

const declare: Command = {
  words: ['data', 'declare'],
  summary: 'Write the entry of a dataset in slipway.toml, or change its terms; makes no version',
  positionals: [required('NAME', 'the dataset'), optional('PATH', 'a file, folder or glob; for a new entry')],
  options: [
    ...termOptions,
    { name: 'remove', value: 'TERM', many: true, choices: removable, description: 'take this term away' },
  ],
  examples: ['slipway data declare wine data/wine.csv', 'slipway data declare wine --licence MIT --remove expires'],
  async run(call, session) {
    const project = await session.project()
    const path = call.arg('PATH')
    const given = toTerms(call)
    const both = call.options('remove').find((term) => term in given)
    if (both !== undefined)
      throw fail('host/usage', { problem: `--${both} and --remove ${both} contradict.`, hint: 'Give one of them.' })
    const removed = Object.fromEntries(call.options('remove').map((term) => [term, withoutTerm[term] ?? null]))
    const dataset = await project.data.declare({
      name: call.arg('NAME') as string,
      ...(path === null ? {} : { path }),
      terms: { ...given, ...removed },
    })
    const terms = [`licence ${dataset.licence ?? 'unstated'}`, dataset.expires && `expires ${dataset.expires}`]
    return {
      json: { dataset },
      text: `slipway.toml has ${dataset.name} at ${dataset.path}, ${terms.filter(Boolean).join(', ')}.\n`,
    }
  },
}

/** What stands for "not stated" where null does not. */
const withoutTerm: Readonly<Record<string, readonly string[] | boolean>> = { purpose: [], personal: false }

const expect: Command = {
  words: ['data', 'expect'],
  summary: 'Expect the columns of the newest version from now on: before a step runs, other ones are refused',
  positionals: [required('NAME', 'the dataset')],
  options: [{ name: 'clear', description: 'expect nothing any more' }],
  examples: ['slipway data expect wine', 'slipway data expect wine --clear'],
  async run(call, session) {
    const project = await session.project()
    const dataset = await project.data.expect({ name: call.arg('NAME') as string, clear: call.has('clear') })
    const columns = Object.entries(dataset.expectedSchema ?? {})
    const words = columns.map(([name, type]) => `${name} (${type})`).join(', ')
    return {
      json: { dataset },
      text:
        columns.length === 0
          ? `Of ${dataset.name} nothing is expected.\n`
          : `Of ${dataset.name} are expected: ${words}.\n`,
    }
  },
}

const files: Command = {
  words: ['data', 'files'],
  summary: 'The files on disk, and how each stands to a version',
  positionals: [required('NAME', 'NAME@VERSION, or NAME for its newest version')],
  options: [],
  examples: ['slipway data files photos', 'slipway data files photos@1 --json'],
  async run(call, session) {
    const project = await session.project()
    const found = await project.data.files({ dataset: call.arg('NAME') as string, limit: mostFiles })
    const rows = found.files.map(({ path, change, sizeBytes }) => [path, wordBytes(sizeBytes), change])
    const more = found.total - rows.length
    return {
      json: found,
      text: `${formatTable(['FILE', 'SIZE', 'CHANGE'], rows, 'There is no file.')}${more > 0 ? `and ${more} more\n` : ''}`,
    }
  },
}

const versions: Command = {
  words: ['data', 'versions'],
  summary: 'The versions of a dataset, newest first, and the runs that read each',
  positionals: [required('NAME', 'the dataset')],
  options: [],
  examples: ['slipway data versions wine', 'slipway data versions wine --json'],
  async run(call, session) {
    const name = call.arg('NAME') as string
    const project = await session.project()
    const [found, uses] = await Promise.all([project.data.versions({ name }), project.data.uses({ name })])
    const runsOf = (version: number) => [
      ...new Set(uses.filter((use) => use.version === version).map(({ runId }) => runId)),
    ]
    return {
      json: { versions: found.map((one) => ({ ...one, runs: runsOf(one.version) })) },
      text: formatTable(
        ['VERSION', 'SINCE', 'BY', 'ROWS', 'SIZE', 'DIGEST', 'READ BY'],
        found.map(({ version, at, by, runId, rows, sizeBytes, digest }) => [
          String(version),
          at,
          runId === null ? by : `run ${runId}`,
          String(rows ?? ''),
          wordBytes(sizeBytes),
          digest.slice(7, 19),
          runsOf(version).slice(0, 3).join(', ') + (runsOf(version).length > 3 ? ' …' : ''),
        ]),
        `"${name}" has no version yet. Make one with "slipway data add ${name}".`,
      ),
    }
  },
}

const undeclared: Command = {
  words: ['data', 'undeclared'],
  summary: 'Files that steps were seen to read and that slipway.toml does not name',
  positionals: [],
  options: [],
  examples: ['slipway data undeclared', 'slipway data undeclared --json'],
  async run(_, session) {
    const found = await (await session.project()).data.undeclared({})
    return {
      json: { files: found },
      text: formatTable(
        ['FILE', 'SIZE', 'READ BY', 'IN RUN'],
        found.map(({ path, sizeBytes, steps, runId }) => [
          path,
          sizeBytes === null ? '' : wordBytes(sizeBytes),
          steps.join(', '),
          runId,
        ]),
        'Every file that steps were seen to read is declared.',
      ),
    }
  },
}

export const dataEntryCommands: readonly Command[] = [declare, expect, files, versions, undeclared]
