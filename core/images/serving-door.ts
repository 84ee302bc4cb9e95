import { exchange, readBody } from './http-exchange.ts'

/** A running prediction server, whatever runs it. */
export type ServingDoor = {
  readonly engine: 'docker' | 'process'
  readonly url: string
  readonly container: string | null
  /** Calls `onLine` with each line it logs, past ones included. */
  follow(onLine: (line: string) => void): void
  /** Resolves when it has ended, however it ended, with its exit code when that is known. */
  readonly ended: Promise<number | null>
  /** Lets it drain and ends it; resolves when it is gone. */
  stop(): Promise<void>
}

export type DoorAnswer = { readonly status: number; readonly text: string }

const largestAnswerBytes = 256 * 1024 * 1024

/** Sends JSON text to a path of a server on this computer. @throws the system's error when it is gone */
export async function askDoor(
  url: string,
  path: string,
  options: { readonly body?: string; readonly signal?: AbortSignal | undefined; readonly silenceMs?: number } = {},
): Promise<DoorAnswer> {
  const { body, signal, silenceMs = 60_000 } = options
  const bytes = body === undefined ? null : Buffer.from(body)
  const answer = await exchange(new URL(path, url), {
    method: bytes ? 'POST' : 'GET',
    headers: bytes ? { 'content-type': 'application/json' } : {},
    body: bytes
      ? {
          lengthBytes: bytes.length,
          open: async function* () {
            yield bytes
          },
        }
      : undefined,
    signal,
    silenceMs,
  })
  return { status: answer.statusCode ?? 0, text: (await readBody(answer, largestAnswerBytes)).toString('utf8') }
}
