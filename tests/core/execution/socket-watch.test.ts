import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toAddress } from '../../../core/execution/socket-watch.ts'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

/** This computer by an address that is not loopback: to the system, and to a step, that is the network. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

const rows: readonly (readonly [string, string | null])[] = [
  ['0100007F', null],
  ['00000000', null],
  ['0101A8C0', '192.168.1.1'],
  ['0000000000000000FFFF00000101A8C0', '192.168.1.1'],
  ['0000000000000000FFFF00000100007F', null],
  ['00000000000000000000000001000000', null],
  ['00000000000000000000000000000000', null],
  ['B80D0120000000000000000001000000', '2001:db8:0:0:0:0:0:1'],
  ['', null],
]

describe('an address as the system lists it', () => {
  for (const [hex, words] of rows)
    it(`${hex || 'nothing'} is ${words ?? 'not another computer'}`, () => expect(toAddress(hex)).toBe(words))
})

describe.runIf(process.platform === 'linux' && address)('connections that no audit hook sees', () => {
  let server: Server
  let port: number
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined)
      // Holds the line for a while, as a server that works does.
      setTimeout(() => socket.end('hello'), 600)
    })
    await new Promise<void>((ready) => server.listen(0, '0.0.0.0', ready))
    port = (server.address() as { port: number }).port
  })
  afterAll(() => {
    server.close()
    removeTestFolders()
  })

  const native = `import ctypes, struct
libc = ctypes.CDLL(None)
def talk(host):
    line = libc.socket(2, 1, 0)
    place = struct.pack("=H", 2) + struct.pack("!H", int(os.environ["PORT"])) + bytes(map(int, host.split("."))) + bytes(8)
    assert libc.connect(line, place, 16) == 0
    buffer = ctypes.create_string_buffer(16)
    libc.recv(line, buffer, 16, 0)
    libc.close(line)
    return buffer.value.decode()
def talk_with_itself():
    code = "import socket, time; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); c = s.accept()[0]; time.sleep(0.6); c.sendall(b'own')"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    os.environ["PORT"] = child.stdout.readline().strip()
    try:
        return talk("127.0.0.1")
    finally:
        child.wait()
`
  async function runLine(line: string) {
    const opened = await openExecution({
      'slipway.toml': `name = "test"\npipeline = ["pipeline.py"]\n[steps.ask]\nenvironment = { PORT = "${port}", HOST = "${address}" }\n`,
      'pipeline.py': `import os, subprocess, sys\nfrom slipway import step\n${native}\n@step\ndef ask():\n    return ${line}\n`,
    })
    const { observed, run } = await opened.run()
    expect(run.failure).toBeNull()
    const network = (observed.ask?.effects ?? []).filter(({ kind }) => kind === 'network')
    return { network, used: observed.ask?.network, next: (await opened.plan()).steps[0] }
  }

  it('of compiled code in its own process are the network, and the result is not reused', async () => {
    const { network, used, next } = await runLine('talk(os.environ["HOST"])')
    expect(network).toEqual([{ kind: 'network', name: address, where: null }])
    expect(used).toBe(true)
    expect(next).toMatchObject({ state: 'stale', reasons: [{ kind: 'nondeterministic' }] })
    expect(next?.reasons[0]?.to).toContain(`used the network (${address})`)
  }, 60_000)

  it('of a program that it starts are, too', async () => {
    const line =
      'subprocess.run(["bash", "-c", "cat < /dev/tcp/$HOST/$PORT"], capture_output=True, check=True).stdout.decode()'
    const { network } = await runLine(line)
    expect(network).toEqual([{ kind: 'network', name: address, where: null }])
  }, 60_000)

  it('with a service of this computer are, too: a database on it, or a tunnel, is not the step', async () => {
    const { network, used, next } = await runLine('talk("127.0.0.1")')
    expect(network).toEqual([{ kind: 'network', name: `127.0.0.1:${port}`, where: null }])
    expect(used).toBe(true)
    expect(next?.state).toBe('stale')
  }, 60_000)

  it('with another process of the step are not', async () => {
    const { network, used, next } = await runLine('talk_with_itself()')
    expect(network).toEqual([])
    expect(used).toBe(false)
    expect(next?.state).toBe('cached')
  }, 60_000)
})
