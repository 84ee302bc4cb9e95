import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type RealRegistry = { readonly host: string; readonly folder: string; stop(): Promise<void> }

/** A bcrypt entry for tester / open-sesame. */
const htpasswd = 'tester:$2y$05$abcdefghijklmnopqrstuutXu9KzOt.1yBoZUeFWoT/914/JfszCO\n'

/** Debian's docker-registry as a process of its own, with its bytes in a fresh folder. */
export async function startDockerRegistry(options: { readonly login?: boolean } = {}): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'))
  const port = await freePort()
  const loginFile = join(folder, 'htpasswd')
  writeFileSync(loginFile, htpasswd)
  const configFile = join(folder, 'config.yml')
  writeFileSync(
    configFile,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
      http: { addr: `127.0.0.1:${port}` },
      ...(options.login ? { auth: { htpasswd: { realm: 'tests', path: loginFile } } } : {}),
    }),
  )
  const child = spawn('docker-registry', ['serve', configFile], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const host = `127.0.0.1:${port}`
  await answering(`http://${host}/v2/`)
  return {
    host,
    folder,
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await sleep(50)
  }
  throw new Error(`nothing answers at ${url}`)
}
