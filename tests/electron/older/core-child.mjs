// Runs the real core entry under Node 24, giving it the parentPort that Electron would.
import { EventEmitter } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const out = createWriteStream('', { fd: 3 })
const tell = (message) => out.write(`${JSON.stringify(message)}\n`)

class RelayedPort extends EventEmitter {
  constructor(number) {
    super()
    this.number = number
    this.waiting = []
    this.started = false
  }
  postMessage(data) {
    tell({ kind: 'message', port: this.number, data })
  }
  start() {
    this.started = true
    for (const data of this.waiting.splice(0)) this.emit('message', { data, ports: [] })
  }
  receive(data) {
    if (this.started) this.emit('message', { data, ports: [] })
    else this.waiting.push(data)
  }
  close() {
    tell({ kind: 'close', port: this.number })
  }
}

const ports = new Map()
process.parentPort = new EventEmitter()
process.parentPort.postMessage = () => undefined

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line)
    if (message.kind === 'parent') {
      const given = message.ports.map((number) => {
        const port = new RelayedPort(number)
        ports.set(number, port)
        return port
      })
      process.parentPort.emit('message', { data: message.data, ports: given })
    } else if (message.kind === 'message') ports.get(message.port)?.receive(message.data)
    else {
      ports.get(message.port)?.emit('close')
      ports.delete(message.port)
    }
  })
  .on('close', () => process.exit(0))

await import(pathToFileURL(process.argv[2]).href)
