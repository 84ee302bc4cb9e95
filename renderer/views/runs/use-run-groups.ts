import { useCallback, useMemo, useState } from 'react'
import type { RunColumns } from '../../live/run-columns-store.ts'
import { type GroupLine, useRunLines } from './run-lines.ts'
import type { RunsLayout } from './runs-layout.ts'

/** The runs that are shown, line by line under their groups, and which groups are open. */
export function useRunGroups(columns: RunColumns, rows: Uint32Array, layout: RunsLayout) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const { lines, waitsFor } = useRunLines(columns, rows, layout, opened)
  const toggle = useCallback((group: GroupLine) => {
    setOpened((now) => {
      const next = new Set(now)
      if (!next.delete(group.key)) next.add(group.key)
      return next
    })
  }, [])
  const { groups } = lines
  const openAll = useMemo(
    () =>
      groups.some(({ isOpen }) => !isOpen)
        ? () => setOpened((now) => new Set([...now, ...groups.map(({ key }) => key)]))
        : null,
    [groups],
  )
  const closeAll = useMemo(() => (groups.some(({ isOpen }) => isOpen) ? () => setOpened(new Set()) : null), [groups])
  /** Of another grouping all groups begin closed. */
  const startAnew = useCallback(() => setOpened(new Set()), [])
  return { lines, waitsFor, toggle, openAll, closeAll, startAnew }
}
