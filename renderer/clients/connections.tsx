import { createContext, type ReactNode, useContext, useLayoutEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { HomeApi } from '../../core/api/home-api.ts'
import type { ProjectApi } from '../../core/api/project-api.ts'
import type { ClientOf } from '../../core/rpc/client.ts'
import type { Router } from '../../core/rpc/procedure.ts'
import { type Connection, type ConnectionState, createConnection } from './connection.ts'
import { openLine } from './open-line.ts'

export type HomeClient = ClientOf<HomeApi>
export type ProjectClient = ClientOf<ProjectApi>

const HomeConnection = createContext<Connection<HomeApi> | null>(null)
const ProjectConnection = createContext<Connection<ProjectApi> | null>(null)
const ProjectKey = createContext<string | null>(null)

export function HomeConnectionProvider({ children }: { children: ReactNode }) {
  const connection = useLine<HomeApi>(null)
  return connection && <HomeConnection value={connection}>{children}</HomeConnection>
}

export function ProjectConnectionProvider({ projectKey, children }: { projectKey: string; children: ReactNode }) {
  const connection = useLine<ProjectApi>(projectKey)
  return (
    connection && (
      <ProjectKey value={projectKey}>
        <ProjectConnection value={connection}>{children}</ProjectConnection>
      </ProjectKey>
    )
  )
}

export function useHomeConnection(): Connection<HomeApi> {
  return required(useContext(HomeConnection), 'HomeConnectionProvider')
}

export function useProjectConnection(): Connection<ProjectApi> {
  return required(useContext(ProjectConnection), 'ProjectConnectionProvider')
}

/** The key of the open project: part of every query key, so that two projects never share an answer. */
export function useProjectKey(): string {
  return required(useContext(ProjectKey), 'ProjectConnectionProvider')
}

export function useConnectionState<R extends Router>(connection: Connection<R>): ConnectionState {
  return useStore(connection.store)
}

/** `key` null means home. */
function useLine<R extends Router>(key: string | null): Connection<R> | null {
  const [connection, setConnection] = useState<Connection<R> | null>(null)
  // Before anything is painted: what needs a line would be drawn a frame later.
  useLayoutEffect(() => {
    const opened = createConnection<R>(() => openLine(key === null ? { kind: 'home' } : { kind: 'project', key }))
    setConnection(opened)
    return () => opened.close()
  }, [key])
  return connection
}

function required<Value>(value: Value | null, provider: string): Value {
  if (value === null) throw new Error(`${provider} is missing above this component.`)
  return value
}
