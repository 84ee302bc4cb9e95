import process from 'node:process'
import { type ConnectMessage, isCoreTarget } from '../domain/host-bridge.ts'
import { homeFolder as findHomeFolder } from '../project/home-folder.ts'
import { createMessagePortTransport, type MessagePortLike } from '../rpc/message-port-transport.ts'
import { findAssets } from './assets.ts'
import { createHomeCore } from './create-home-core.ts'
import { keepCoresAfter } from './keep-after.ts'
import { openProject } from './open-project.ts'
import { createTargetServer } from './target-server.ts'

/** The shell's end of a utility process, as far as core needs it. */
type ParentPort = {
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly MessagePortLike[] }) => void,
  ): void
}

/** The entry of the core process of the desktop app: takes one port per window from the shell and serves it. */
const parent = (process as { readonly parentPort?: ParentPort }).parentPort
if (!parent) throw new Error('this module runs only as the utility process of the desktop app')

const assets = findAssets()
const homeFolder = findHomeFolder()
const home = createHomeCore({ homeFolder, assets })
const targets = createTargetServer({
  home,
  openProject: (folder) => openProject(folder, { homeFolder, assets }),
})

parent.on('message', ({ data, ports }) => {
  const port = ports[0]
  if (isConnect(data) && port) targets.serve(data.target, createMessagePortTransport(port))
  else if (isStop(data)) void stop().finally(() => process.exit(0))
})

async function stop(): Promise<void> {
  for (const line of await keepCoresAfter(await targets.close(), home.settings, assets))
    process.stderr.write(`${line}\n`)
}

function isConnect(data: unknown): data is ConnectMessage {
  return isMessage(data, 'connect') && isCoreTarget((data as { readonly target?: unknown }).target)
}

function isStop(data: unknown): boolean {
  return isMessage(data, 'stop')
}

function isMessage(data: unknown, type: string): boolean {
  return typeof data === 'object' && data !== null && (data as { readonly type?: unknown }).type === type
}
