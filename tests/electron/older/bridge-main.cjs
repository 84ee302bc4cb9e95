// Loads the real shell (main.cjs) in Electron 22 after adding what that version lacks.
const { join } = require('node:path')
const electron = require('electron')

URL.canParse ??= (url, base) => {
  try {
    new URL(url, base)
    return true
  } catch {
    return false
  }
}

globalThis.Response ??= class {
  constructor(body, options = {}) {
    this.body = body
    this.status = options.status ?? 200
    this.headers = options.headers ?? {}
  }
}

electron.protocol.handle ??= (scheme, answer) => {
  electron.protocol.registerBufferProtocol(scheme, (request, reply) => {
    const response = answer({ url: request.url, method: request.method })
    reply({
      statusCode: response.status,
      headers: response.headers,
      mimeType: String(response.headers['content-type'] ?? 'text/plain').split(';')[0],
      charset: 'utf-8',
      data: Buffer.from(response.body),
    })
  })
}

const fork = electron.utilityProcess.fork.bind(electron.utilityProcess)
electron.utilityProcess.fork = (entryFile, args, options) =>
  fork(join(__dirname, 'relay.cjs'), [entryFile, ...(args ?? [])], options)

require('./main.cjs')
