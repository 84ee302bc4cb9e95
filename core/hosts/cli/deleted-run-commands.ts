import type { DeletedRun } from '../../domain/run.ts'
import type { Command, Positional } from './command.ts'
import { formatTable } from './format-table.ts'
import { toRunDocument } from './to-document.ts'

const someRuns = (description: string): Positional => ({ name: 'RUN', required: true, many: true, description })

const remove: Command = {
  words: ['runs', 'delete'],
  summary: 'Delete runs: they can be restored for 30 days, and their results are not reused meanwhile',
  positionals: [someRuns('ids, unique prefixes of at least 4 characters, or latest')],
  options: [],
  examples: ['slipway runs delete latest', 'slipway runs delete 4kq2 wine8x1c --json'],
  async run(call, session) {
    const project = await session.project()
    const deleted = await project.runs.delete({ runs: [...call.args('RUN')] })
    const ids = deleted.map(({ run }) => run.id)
    return {
      json: { deleted: deleted.map(toDeletedDocument) },
      text: `${describeIds(ids)} deleted. "slipway runs restore ${ids.join(' ')}" takes that back, until ${dayOf(deleted)}.\n`,
    }
  },
}

const restore: Command = {
  words: ['runs', 'restore'],
  summary: 'Restore deleted runs, whole',
  positionals: [someRuns('as "slipway runs deleted" shows them')],
  options: [],
  examples: ['slipway runs restore 4kq2', 'slipway runs restore 4kq2 wine8x1c --json'],
  async run(call, session) {
    const runs = await (await session.project()).runs.restore({ runs: [...call.args('RUN')] })
    return { json: { runs: runs.map(toRunDocument) }, text: `${describeIds(runs.map(({ id }) => id))} restored.\n` }
  },
}

const list: Command = {
  words: ['runs', 'deleted'],
  summary: 'List the runs that were deleted and can be restored',
  positionals: [],
  options: [],
  examples: ['slipway runs deleted', 'slipway runs deleted --json'],
  async run(_, session) {
    const deleted = await (await session.project()).runs.deleted({})
    return {
      json: { deleted: deleted.map(toDeletedDocument) },
      text: formatTable(
        ['RUN', 'STATE', 'STARTED', 'DELETED', 'ENDS', ''],
        deleted.map(({ run, deletedAt, endsAt, usedBy }) => [
          run.id,
          run.state,
          minuteOf(run.startedAt),
          minuteOf(deletedAt),
          endsAt.slice(0, 10),
          usedBy === null ? '' : `stays while run ${usedBy} shows its results`,
        ]),
        'No runs are deleted.',
      ),
    }
  },
}

function toDeletedDocument({ run, ...deletion }: DeletedRun) {
  return { run: toRunDocument(run), ...deletion }
}

const describeIds = (ids: readonly string[]) => `${ids.length === 1 ? 'Run' : 'Runs'} ${ids.join(', ')}`
const minuteOf = (at: string) => at.slice(0, 16).replace('T', ' ')
const dayOf = (deleted: readonly DeletedRun[]) => deleted[0]?.endsAt.slice(0, 10) ?? ''

export const deletedRunCommands: readonly Command[] = [remove, restore, list]
