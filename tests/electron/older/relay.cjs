// The utility process of the older Electron: starts core under the project's Node and carries messages.
// One JSON line per message: {to: 'core', …} with a port's number instead of the port itself.
const { spawn } = require('node:child_process')
const { createInterface } = require('node:readline')
const { join } = require('node:path')

const entryFile = process.argv[2]
const core = spawn(process.env.SLIPWAY_TEST_NODE, [join(__dirname, 'core-child.mjs'), entryFile], {
  stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
})
const ports = new Map()
let nextPort = 1
const tell = (message) => core.stdin.write(`${JSON.stringify(message)}\n`)

process.parentPort.on('message', ({ data, ports: given }) => {
  const numbers = given.map((port) => {
    const number = nextPort++
    ports.set(number, port)
    port.on('message', (event) => tell({ kind: 'message', port: number, data: event.data }))
    port.on('close', () => {
      ports.delete(number)
      tell({ kind: 'close', port: number })
    })
    port.start()
    return number
  })
  tell({ kind: 'parent', data, ports: numbers })
})

createInterface({ input: core.stdio[3] }).on('line', (line) => {
  const { kind, port, data } = JSON.parse(line)
  if (kind === 'message') ports.get(port)?.postMessage(data)
  else if (kind === 'close') ports.get(port)?.close()
})
core.stdout.pipe(process.stderr)
// Each ends with the other: the shell sees core's death as the utility process's own.
core.once('exit', (code) => process.exit(code ?? 1))
process.once('exit', () => core.kill('SIGKILL'))
