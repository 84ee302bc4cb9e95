import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type OddRequest = {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly bytes: number
}
export type OddRegistry = {
  readonly host: string
  readonly seen: readonly OddRequest[]
  stop(): Promise<void>
}

/** A server that answers as `habit` says, so that a registry's strange day can be had on any day. */
export function startOddRegistry(
  habit: (request: IncomingMessage, response: ServerResponse, host: string) => void,
): Promise<OddRegistry> {
  const seen: OddRequest[] = []
  const server = createServer((request, response) => {
    let bytes = 0
    request.on('data', (part: Buffer) => {
      bytes += part.length
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, path: url, authorization: headers.authorization, bytes })
    })
    habit(request, response, `127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        seen,
        stop() {
          server.closeAllConnections()
          return new Promise((done) => server.close(() => done()))
        },
      }),
    )
  })
}
