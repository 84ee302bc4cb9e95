import { get } from 'node:http'

/** For an image's health check, which has no shell and no curl: 0 when this host's server is ready. */
export function probeReadiness(port: number, timeoutMs: number): Promise<0 | 1> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/readyz', timeout: timeoutMs }, (response) => {
      response.resume()
      resolve(response.statusCode === 200 ? 0 : 1)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(1))
  })
}
