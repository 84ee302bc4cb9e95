import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { fail } from '../../domain/failure.ts'
import { spellName } from '../../domain/filter-clauses.ts'
import { type Aggregate, aggregates } from '../../domain/group-rows.ts'
import type { RunComparison } from '../../domain/run.ts'
import { isRunColumnName, keyOf, kindOf, type RunColumnName } from '../../domain/run-columns.ts'
import type { RunView } from '../../domain/run-views.ts'
import { type Command, optional, required } from './command.ts'
import { formatTable } from './format-table.ts'
import { parseWholeNumber } from './parse-params.ts'
import { verdictWords } from './prove-commands.ts'
import { describeRun } from './run-commands.ts'
import { describeRunGroups, findRunView, readRunGroups } from './run-groups.ts'
import { toArtifactDocument, toRunDetailDocument, toRunDocument } from './to-document.ts'

const aRun = required('RUN', 'an id, a unique prefix of at least 4 characters, or latest')

const runs: Command = {
  words: ['runs'],
  summary: 'List the runs',
  positionals: [],
  options: [
    { name: 'filter', value: 'EXPR', description: 'which ones, e.g. "metric.evaluation.accuracy > 0.9"' },
    { name: 'sort', value: 'KEY', description: 'e.g. "metric.evaluation.accuracy desc" (default: newest first)' },
    { name: 'view', value: 'NAME', description: 'as saved under this name in the window; other options go before it' },
    { name: 'group', value: 'KEY', many: true, description: 'groups instead of runs, e.g. param.train.kernel' },
    { name: 'aggregate', value: 'HOW', choices: aggregates, description: 'of the metrics of a group (default: mean)' },
    { name: 'limit', short: 'n', value: 'N', description: 'at most so many (default: 50)' },
  ],
  examples: [
    'slipway runs',
    'slipway runs --filter "metric.evaluation.accuracy > 0.9" --group param.train.kernel --json',
  ],
  async run(call, session) {
    const project = await session.project()
    const limit = parseWholeNumber(call.option('limit'), '--limit') ?? 50
    const named = call.option('view')
    const view = named === null ? null : await findRunView(project, named)
    const filter = call.option('filter') ?? view?.filter ?? ''
    const groupBy = call.options('group').length > 0 ? parseColumns(call.options('group')) : (view?.groupBy ?? [])
    if (groupBy.length > 0) {
      const how = (call.option('aggregate') as Aggregate | null) ?? view?.aggregate ?? 'mean'
      const groups = await readRunGroups(project, { filter, groupBy, aggregate: how })
      return { json: { groups, groupBy, aggregate: how }, text: describeRunGroups(groups, groupBy) }
    }
    const sort = call.option('sort') ?? view?.sort.map(describeSort)[0]
    const listed = await project.runs.list({ filter, sort, limit })
    return {
      json: { runs: listed.runs.map(toRunDocument), total: listed.total },
      text: formatTable(
        ['RUN', 'STATE', 'STARTED', 'SECONDS', 'METRICS'],
        listed.runs.map((run) => [
          run.id,
          run.state,
          run.startedAt.slice(0, 19).replace('T', ' '),
          run.durationMs === null ? '' : (run.durationMs / 1000).toFixed(1),
          Object.entries(run.metrics)
            .slice(0, 4)
            .map(([key, value]) => `${key}=${typeof value === 'number' ? Number(value.toPrecision(5)) : value}`)
            .join(' '),
        ]),
        filter === '' ? 'There are no runs. Start one with "slipway run".' : `No run matches ${filter}`,
      ),
    }
  },
}

function describeSort({ id, descending }: RunView['sort'][number]): string {
  const kind = kindOf(id)
  return `${kind === 'field' ? id : spellName(kind, keyOf(id))}${descending ? ' desc' : ''}`
}

/** @throws host/usage */
function parseColumns(words: readonly string[]): readonly RunColumnName[] {
  return words.map((word) => {
    if (isRunColumnName(word)) return word
    throw fail('host/usage', {
      problem: `"${word}" is nothing to group by.`,
      hint: 'Write --group param.KEY, tag.KEY, state or experiment.',
    })
  })
}

const show: Command = {
  words: ['show'],
  summary: 'One run, whole',
  positionals: [aRun],
  options: [],
  examples: ['slipway show latest', 'slipway show 4f2a --json'],
  async run(call, session) {
    const project = await session.project()
    const detail = await project.runs.get({ run: call.arg('RUN') as string })
    const { environment, git } = detail
    const proofs = (await project.proofs.list({ run: detail.run.id })).map(({ at, verdict, first }) => ({
      at,
      verdict,
      ...(first === null ? {} : { first }),
    }))
    const lock = environment ? `\nPython ${environment.python}, lock ${environment.lockDigest}\n` : ''
    const [newest] = proofs
    const proved = newest ? `proved ${newest.at}: ${verdictWords[newest.verdict]}\n` : ''
    return {
      json: { ...toRunDetailDocument(detail), environment, git, proofs },
      text: describeRun(detail) + lock + proved,
    }
  },
}

const compare: Command = {
  words: ['compare'],
  summary: 'What differs between runs: params, metrics, code, data, packages',
  positionals: [aRun, { name: 'RUN', required: true, many: true, description: 'the others' }],
  options: [],
  examples: ['slipway compare 4f2a latest', 'slipway compare 4f2a 90bc 11de --json'],
  async run(call, session) {
    const project = await session.project()
    const comparison = await project.runs.compare({ runs: [...call.args('RUN')] })
    const { params, metrics, code, data, packages } = comparison
    return {
      json: { params, metrics, code, data, packages, runs: comparison.runs.map(toRunDocument) },
      text: describeComparison(comparison),
    }
  },
}

const logs: Command = {
  words: ['logs'],
  summary: 'What the steps of a run printed',
  positionals: [aRun, optional('STEP', 'only that one')],
  options: [],
  examples: ['slipway logs latest', 'slipway logs latest train'],
  async run(call, session) {
    const [run, step] = [call.arg('RUN') as string, call.arg('STEP')]
    const log = await (await session.project()).runs.log({ run, step })
    if (log.truncated) session.output.note('The log was too long to keep whole: its middle is cut, as marked.')
    return { json: { run, step, ...log }, text: log.text }
  },
}

const readBytes = 1024 * 1024

const getArtifact: Command = {
  words: ['artifact', 'get'],
  summary: 'The bytes of an artifact, to a file or stdout',
  positionals: [required('ARTIFACT', 'a digest, or RUN:NAME'), optional('FILE', 'where to write them')],
  options: [],
  examples: ['slipway artifact get latest:evaluation', 'slipway artifact get latest:model model.skops'],
  async run(call, session) {
    const project = await session.project()
    const artifact = await project.artifacts.find({ reference: call.arg('ARTIFACT') as string })
    const file = call.arg('FILE')
    const json = { artifact: toArtifactDocument(artifact), file: file === null ? null : resolve(file) }
    if (file === null && session.output.json) return { json, text: '' }
    const target = file === null ? null : createWriteStream(resolve(file), { flags: 'w' })
    const broken = target ? new Promise<never>((_, refuse) => target.once('error', refuse)) : null
    try {
      for (let offset = 0; offset < artifact.descriptor.sizeBytes; offset += readBytes) {
        const { digest } = artifact.descriptor
        const { base64 } = await project.artifacts.read({ digest, offset, length: readBytes })
        const chunk = Buffer.from(base64, 'base64')
        if (target === null) await session.output.write(chunk)
        else await Promise.race([broken, new Promise((done) => target.write(chunk, done))])
      }
      target?.end()
      if (target) await (await import('node:stream/promises')).finished(target)
    } catch (error) {
      if (file === null || !(error instanceof Error && 'syscall' in error)) throw error
      throw fail('host/usage', {
        problem: `${file} cannot be written: ${error.message}.`,
        hint: 'Choose another file.',
      })
    }
    return file === null
      ? { written: true }
      : { json, text: `Wrote ${artifact.descriptor.sizeBytes} bytes to ${file}.\n` }
  },
}

function describeComparison(comparison: RunComparison): string {
  const ids = comparison.runs.map((run) => run.id)
  const section = (title: string, rows: readonly (readonly string[])[]) =>
    `${formatTable([title, ...ids], rows, `${title}: no differences.`)}\n`
  const word = (value: unknown) =>
    value === null ? '—' : typeof value === 'string' ? value.replace(/^sha256:(.{12}).*/, '$1') : JSON.stringify(value)
  const differing = <Row extends { readonly differs: boolean }>(rows: readonly Row[]) =>
    rows.filter((row) => row.differs)
  return [
    section(
      'PARAM',
      differing(comparison.params).map((row) => [row.key, ...row.values.map(word)]),
    ),
    section(
      'METRIC',
      differing(comparison.metrics).map((row) => [row.key, ...row.values.map(word)]),
    ),
    section(
      'CODE',
      differing(comparison.code).map((row) => [row.step, ...row.digests.map(word)]),
    ),
    ...differing(comparison.code).map((row) => (row.diff ? `${row.diff}\n` : '')),
    section(
      'DATA',
      differing(comparison.data).map((row) => [row.path, ...row.digests.map(word)]),
    ),
    section(
      'PACKAGE',
      differing(comparison.packages).map((row) => [row.name, ...row.versions.map(word)]),
    ),
  ].join('')
}

export const reviewCommands: readonly Command[] = [runs, show, compare, logs, getArtifact]
