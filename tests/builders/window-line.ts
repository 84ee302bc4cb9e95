import { WebSocket } from 'ws'
import type { ProjectApi } from '../../core/api/project-api.ts'
import { type ClientOf, createClient } from '../../core/rpc/client.ts'
import { createWebSocketTransport } from '../../core/rpc/web-socket-transport.ts'
import type { CommandLine, RunningCommand } from './command-line.ts'

/** What a window of the browser host has: one line to the core of its project, entered by the printed address. */
export type WindowLine = {
  readonly command: RunningCommand
  readonly api: ClientOf<ProjectApi>
  /** Ends the host by Ctrl-C and waits for it. */
  close(): Promise<void>
}

/** Starts `slipway open` on the folder and enters as its page does. */
export async function openWindow(slipway: CommandLine, folder: string): Promise<WindowLine> {
  const command = slipway.start(['open', folder, '--json'], { folder })
  const url = new URL(JSON.parse(await command.firstLine()).url)
  const entered = await fetch(url, { redirect: 'manual' })
  const cookie = entered.headers.getSetCookie()[0] as string
  const key = /project\/([\w-]+)\//.exec(await entered.text())?.[1]
  const line = new WebSocket(`ws://${url.host}/rpc/project/${key}`, { headers: { cookie, origin: url.origin } })
  await new Promise((done, refuse) => line.once('open', done).once('error', refuse))
  return {
    command,
    api: createClient<ProjectApi>(createWebSocketTransport(line)),
    async close() {
      line.close()
      command.process.kill('SIGINT')
      await command.ended
    },
  }
}
