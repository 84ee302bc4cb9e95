import { setTimeout as sleep } from 'node:timers/promises'
import { describeWireError } from '../api/describe-wire-error.ts'
import { type LineRunner, lineApi } from '../api/line-api.ts'
import { createProjectApi, type ProjectApi } from '../api/project-api.ts'
import type { ProjectCore } from '../api/project-core.ts'
import { createClient } from '../rpc/client.ts'
import { createInProcessPair } from '../rpc/in-process-transport.ts'
import type { Transport } from '../rpc/message.ts'
import { createNodeSocketTransport } from '../rpc/node-socket-transport.ts'
import type { Router } from '../rpc/procedure.ts'
import { serveRouter } from '../rpc/server.ts'
import type { Peers } from './peers.ts'
import type { ProjectConnection } from './project-connection.ts'
import type { ProjectLock } from './project-lock.ts'

/**
 * Serves a core that lives in this process to itself and to its peers. Where the core is not a command's own, what one
 * trusted for its own call is trusted no more once the last command has gone.
 */
export function holdCore(
  core: ProjectCore,
  peers: Peers | null,
  lock: ProjectLock | null,
  itsOwn = true,
): ProjectConnection {
  const router = createProjectApi(core)
  const served = new Set<Transport>()
  const serve = (peer: Transport, offered: Router = router) => {
    served.add(peer)
    peer.onClose(() => served.delete(peer))
    serveRouter(offered, peer, describeWireError)
  }
  const [ours, theirs] = createInProcessPair()
  serve(theirs)
  peers?.onPeer((socket, kind) => {
    const peer = createNodeSocketTransport(socket)
    if (kind === 'command') serve(peer, { ...router, ...lineApi(createLazyRunner(() => connection)) })
    else serve(peer)
  })
  if (!itsOwn) peers?.onChange(() => peers.count('command') === 0 && core.project.endTrustForNow())
  let closing: Promise<void> | null = null
  let isUrged = false

  async function close(onWaiting?: () => void): Promise<void> {
    for (let turn = 0; !isUrged && peers && isNeeded(core, peers); turn++) {
      if (turn === 0) onWaiting?.()
      await sleep(20)
    }
    peers?.stopListening()
    for (const peer of served) peer.close()
    try {
      await core.close()
    } finally {
      lock?.release()
      await peers?.close()
    }
  }
  const connection: ProjectConnection = {
    api: createClient<ProjectApi>(ours),
    holds: true,
    corePid: process.pid,
    isUsed: () => (peers?.count() ?? 0) > 0 || isBusy(core),
    serve: (peer) => serve(peer),
    onLost: (listener) => ours.onClose(listener),
    close: (options) => {
      isUrged ||= options?.now ?? false
      closing ??= close(options?.onWaiting)
      return closing
    },
  }
  return connection
}

/** The commands load when the first line comes. */
function createLazyRunner(connection: () => ProjectConnection): LineRunner {
  let loading: Promise<LineRunner> | null = null
  const load = () => {
    loading ??= import('./cli/answer-line.ts').then(({ createLineRunner }) => createLineRunner(connection()))
    return loading
  }
  return {
    run: (line, emit) =>
      void load().then(
        (runner) => runner.run(line, emit),
        () => emit({ kind: 'elsewhere' }),
      ),
    cancel: () => void load().then((runner) => runner.cancel()),
  }
}

/**
 * A command that uses this core goes on until its end, and so does work that a window asked for. Who comes
 * meanwhile is let in: nobody else could take the project over before this core is gone.
 */
const isNeeded = (core: ProjectCore, peers: Peers) => peers.count('command') > 0 || (peers.count() > 0 && isBusy(core))

const isBusy = (core: ProjectCore) => core.jobs.list().some((job) => job.endedAt === null)
