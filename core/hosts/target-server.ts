import { describeWireError } from '../api/describe-wire-error.ts'
import { createHomeApi } from '../api/home-api.ts'
import type { HomeCore } from '../api/home-core.ts'
import { fail } from '../domain/failure.ts'
import type { CoreTarget } from '../domain/host-bridge.ts'
import { isClientMessage, type Transport } from '../rpc/message.ts'
import { serveRouter } from '../rpc/server.ts'
import type { ProjectConnection } from './project-connection.ts'

/** Answers the lines of windows: home at once, a project through the one connection that this host has to it. */
export type TargetServer = {
  serve(target: CoreTarget, peer: Transport): void
  /** Begins to open a project for whose window nobody waits yet; what is wrong with it is told to who asks for it. */
  openAhead(key: string): void
  /** Lets go of every project. @returns the folders of those whose core lived here */
  close(): Promise<readonly string[]>
}

export function createTargetServer(options: {
  readonly home: HomeCore
  readonly openProject: (folder: string) => Promise<ProjectConnection>
}): TargetServer {
  const homeRouter = createHomeApi(options.home)
  type Opened = { readonly folder: string; readonly connection: ProjectConnection }
  const connections = new Map<string, Promise<Opened>>()

  function connectionOf(key: string): Promise<Opened> {
    const known = connections.get(key)
    if (known) return known
    const opening = openByKey(key)
    connections.set(key, opening)
    const forget = () => {
      if (connections.get(key) === opening) connections.delete(key)
    }
    opening.then(({ connection }) => connection.onLost(forget), forget)
    return opening
  }

  async function openByKey(key: string): Promise<Opened> {
    const project = (await options.home.knownProjects()).find((candidate) => candidate.key === key)
    if (!project) throw fail('host/unknownProject', { key })
    return { folder: project.folder, connection: await options.openProject(project.folder) }
  }

  return {
    openAhead: (key) => void connectionOf(key).catch(() => undefined),
    serve(target, peer) {
      if (target.kind === 'home') return serveRouter(homeRouter, peer, describeWireError)
      const held = holdBack(peer)
      connectionOf(target.key).then(
        ({ connection }) => connection.serve(held),
        (error: unknown) => refuseAll(held, error),
      )
    },
    async close() {
      const settled = await Promise.allSettled(connections.values())
      const open = settled.flatMap((found) => (found.status === 'fulfilled' ? [found.value] : []))
      const held = open.filter(({ connection }) => connection.holds).map(({ folder }) => folder)
      await Promise.all(open.map(({ connection }) => connection.close({ now: true })))
      return held
    },
  }
}

/** Keeps what a peer says until somebody listens. */
function holdBack(peer: Transport): Transport {
  const early: unknown[] = []
  let listener: ((message: unknown) => void) | null = null
  peer.onMessage((message) => (listener ? listener(message) : early.push(message)))
  return {
    ...peer,
    onMessage(next) {
      listener = next
      for (const message of early.splice(0)) next(message)
    },
  }
}

const refusalMs = 3_000

/** A project that cannot be opened answers with the reason, then ends the line: the next one tries anew. */
function refuseAll(peer: Transport, reason: unknown): void {
  const error = describeWireError(reason)
  peer.onMessage((message) => {
    if (isClientMessage(message) && message.t === 'call') peer.send({ t: 'error', id: message.id, error })
  })
  setTimeout(() => peer.close(), refusalMs).unref()
}
