import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type CountingProxy = {
  readonly host: string
  /** Resolves when the `count`th request has begun to pass, or when the proxy is told to forget. */
  whenSeen(count: number): Promise<void>
  forget(): void
  stop(): Promise<void>
}

/** A line to `target` that counts the HTTP requests that pass. */
export function startCountingProxy(target: string): Promise<CountingProxy> {
  const [host, port] = target.split(':') as [string, string]
  const sockets = new Set<Socket>()
  const waiting: { count: number; resolve: () => void }[] = []
  let seen = 0
  const server = createServer((client) => {
    const upstream = connect(Number(port), host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (part: Buffer) => {
      if (/^(HEAD|GET|POST|PATCH|PUT) \//.test(part.toString('latin1', 0, 8))) seen += 1
      for (const one of waiting) if (seen >= one.count) one.resolve()
      upstream.write(part)
    })
    upstream.pipe(client)
    client.on('close', () => upstream.end())
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        whenSeen: (count) => new Promise((done) => waiting.push({ count, resolve: done })),
        forget() {
          for (const one of waiting) one.resolve()
        },
        stop() {
          for (const socket of sockets) socket.destroy()
          return new Promise((done) => server.close(() => done()))
        },
      }),
    )
  })
}
