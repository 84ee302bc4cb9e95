import type { RunColumnName } from '../../../core/domain/run-columns.ts'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { describeGroup, groupText } from './group-cells.tsx'
import type { GroupLine } from './run-lines.ts'
import { plainText } from './runs-cells.tsx'
import type { RunsLayout } from './runs-layout.ts'

/** Runs (by their rows) and groups as tab-separated text with a head, to be pasted into a spreadsheet. */
export function copyLines(
  columns: RunColumns,
  lines: readonly (number | GroupLine)[],
  shown: readonly RunColumnName[],
  how: RunsLayout['aggregate'],
): void {
  const table = lines.map((line) =>
    typeof line === 'number'
      ? [String(columns.value('id', line) ?? ''), ...shown.map((name) => plainText(columns, line, name))]
      : [describeGroup(line), ...shown.map((name) => groupText(columns, line, name, how))],
  )
  const text = [['Run', ...shown], ...table].map((line) => line.join('\t')).join('\n')
  void navigator.clipboard.writeText(text)
}
