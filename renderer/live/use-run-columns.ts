import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { ProjectApi } from '../../core/api/project-api.ts'
import type { Connection } from '../clients/connection.ts'
import { useConnectionState, useProjectConnection } from '../clients/connections.tsx'
import { readRunColumns } from '../queries/read-run-columns.ts'
import { createRunColumns, type RunColumns, type RunColumnsState } from './run-columns-store.ts'

const kept = new WeakMap<Connection<ProjectApi>, RunColumns>()

/** The runs behind a line. They outlive the screen that shows them, so that coming back costs nothing. */
export function runColumnsOf(connection: Connection<ProjectApi>): RunColumns {
  const known = kept.get(connection) ?? createRunColumns(readRunColumns(() => connection.client()))
  kept.set(connection, known)
  return known
}

export function useRunColumns(): { readonly columns: RunColumns; readonly state: RunColumnsState } {
  const connection = useProjectConnection()
  const { client } = useConnectionState(connection)
  const columns = runColumnsOf(connection)
  const state = useStore(columns.store)
  useEffect(() => {
    if (client !== null && columns.store.getState().count === null) columns.load()
  }, [client, columns])
  return { columns, state }
}
