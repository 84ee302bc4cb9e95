import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export type ServerProcess = { readonly process: ChildProcess; stop(): Promise<void> }

/** A server of a peer, from its start until it answers. @throws Error with what it said, when it ends or is late */
export async function startServer(
  file: string,
  args: readonly string[],
  options: { readonly url: string; readonly cwd: string; readonly path: string; readonly patienceMs: number },
): Promise<ServerProcess> {
  const child = spawn(file, [...args], {
    cwd: options.cwd,
    env: { ...process.env, PATH: `${options.path}:${process.env.PATH}`, HOME: options.cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its own children end with it.
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      said = (said + bytes).slice(-4_000)
    })
  }
  const exited = once(child, 'exit')
  const end = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, signal)
  }
  const began = performance.now()
  for (;;) {
    const answers = await fetch(options.url).then(
      (response) => response.ok,
      () => false,
    )
    if (answers) break
    if (child.exitCode !== null || performance.now() - began > options.patienceMs) {
      end('SIGKILL')
      throw new Error(`${file} ${args.join(' ')} does not answer:\n${said}`)
    }
    await sleep(20)
  }
  return {
    process: child,
    async stop() {
      end('SIGTERM')
      await Promise.race([exited, sleep(10_000)])
      end('SIGKILL')
      await exited
    },
  }
}
