import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type CuttingProxy = {
  readonly host: string
  /** Cuts the next connections, each after so many bytes of the client's, in this order; then lets all pass. */
  cutAfter(bytes: readonly number[]): void
  /** From so many bytes of all clients together on, every connection is cut, old and new. */
  breakAfter(totalBytes: number): void
  readonly cuts: () => number
  stop(): Promise<void>
}

/** A line to `target` that breaks when told to. */
export function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const [targetHost, targetPort] = target.split(':') as [string, string]
  const limits: number[] = []
  const sockets = new Set<Socket>()
  let cuts = 0
  let total = 0
  let breakAt = Number.POSITIVE_INFINITY
  const server = createServer((client) => {
    const upstream = connect(Number(targetPort), targetHost)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    let seen = 0
    client.on('data', (part: Buffer) => {
      seen += part.length
      total += part.length
      const limit = total > breakAt ? seen : limits[0]
      if (limit !== undefined && (seen > limit || total > breakAt)) {
        if (total <= breakAt) limits.shift()
        cuts += 1
        upstream.end(part.subarray(0, Math.max(0, part.length - (seen - limit))))
        client.resetAndDestroy()
        return
      }
      if (!upstream.write(part)) {
        client.pause()
        upstream.once('drain', () => client.resume())
      }
    })
    upstream.pipe(client)
    client.on('end', () => upstream.end())
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        cutAfter: (bytes) => limits.push(...bytes),
        breakAfter(totalBytes) {
          breakAt = total + totalBytes
        },
        cuts: () => cuts,
        stop() {
          for (const socket of sockets) socket.destroy()
          return new Promise((done) => server.close(() => done()))
        },
      })
    })
  })
}
