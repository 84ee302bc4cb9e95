import { unpackColumn } from '../../core/domain/unpack-column.ts'
import type { ProjectClient } from '../clients/connections.tsx'
import type { RunColumnSource } from '../live/run-columns-store.ts'

/** As many as a tall window shows at once. */
const newest = 60

/** Columns of runs from whichever line is open now; where none is, each refuses. */
export function readRunColumns(client: () => ProjectClient): RunColumnSource {
  return {
    head: async () => client().runs.list({ limit: newest }),
    names: async () => client().runs.columnNames({}),
    async columns(names) {
      const { count, columns } = await client().runs.columns({ names: [...names] })
      return { count, columns: columns.map((column) => column && unpackColumn(column, count)) }
    },
  }
}
