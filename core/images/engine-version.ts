import { get } from 'node:http'

/** An engine that takes the call and says nothing is not there. */
const longestSilenceMs = 5_000
const longestAnswer = 1024 * 1024

export type EngineVersion = { readonly version: string; readonly name: string | null }

/**
 * What a container engine says of itself over its socket or named pipe. By Node alone: every window asks this when it
 * opens, and to load the client of the engine takes longer than all else that core does by then.
 * @throws Error with the `code` of the socket, or ETIMEDOUT; without one when the answer was no good
 */
export function readEngineVersion(socketPath: string): Promise<EngineVersion> {
  return new Promise((settle, refuse) => {
    const request = get({ socketPath, path: '/version', agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('error', refuse)
      response.on('data', (part: string) => {
        text += part
        if (text.length > longestAnswer) request.destroy(new Error('it answers with too much'))
      })
      response.on('end', () => {
        clearTimeout(timer)
        if (response.statusCode !== 200) return refuse(new Error(`it answers with ${response.statusCode}`))
        try {
          settle(parseVersion(JSON.parse(text)))
        } catch {
          refuse(new Error('it does not answer as an engine'))
        }
      })
    })
    const timer = setTimeout(
      () => request.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })),
      longestSilenceMs,
    )
    request.on('error', (error) => {
      clearTimeout(timer)
      refuse(error)
    })
  })
}

function parseVersion(answer: unknown): EngineVersion {
  const { Version: version, Platform: platform } = answer as { Version?: unknown; Platform?: { Name?: unknown } }
  if (typeof version !== 'string') throw new TypeError('no version')
  return { version, name: typeof platform?.Name === 'string' && platform.Name !== '' ? platform.Name : null }
}
