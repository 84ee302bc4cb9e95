import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { Readable } from 'node:stream'

export type ExchangeBody = { readonly lengthBytes: number; readonly open: () => AsyncIterable<Uint8Array> }

export type ExchangeRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: ExchangeBody | undefined
  readonly signal?: AbortSignal | undefined
  /** How long the line may be silent. */
  readonly silenceMs?: number | undefined
  readonly lookup?: LookupFunction | undefined
}

const defaultSilenceMs = 30_000
const agents = {
  'http:': new PlainAgent({ keepAlive: true, maxSockets: 8 }),
  'https:': new TlsAgent({ keepAlive: true, maxSockets: 8 }),
}

/**
 * One request and the head of its answer; follows nothing, keeps no cookie. The answer's body must be read or destroyed.
 * A server may answer before the body was sent whole: the rest is then not sent.
 * @throws the system's error when the line breaks or is silent for too long
 */
export function exchange(url: URL, options: ExchangeRequest): Promise<IncomingMessage> {
  const { method, body, signal, lookup, silenceMs = defaultSilenceMs } = options
  const isTls = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const outgoing = (isTls ? tlsRequest : plainRequest)(url, {
      method,
      headers: {
        'user-agent': 'slipway',
        ...options.headers,
        ...(body ? { 'content-length': String(body.lengthBytes) } : {}),
      },
      agent: isTls ? agents['https:'] : agents['http:'],
      ...(signal ? { signal } : {}),
      ...(lookup ? { lookup } : {}),
    })
    outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error(`silent for ${Math.round(silenceMs / 1000)} s`)))
    outgoing.on('error', reject)
    outgoing.on('response', (answer) => {
      resolve(answer)
      if (!outgoing.writableFinished) answer.once('close', () => outgoing.destroy())
    })
    if (!body || body.lengthBytes === 0) outgoing.end()
    else {
      const source = Readable.from(body.open(), { objectMode: false })
      source.on('error', (error) => outgoing.destroy(error))
      outgoing.on('close', () => source.destroy())
      source.pipe(outgoing)
    }
  })
}

/** The body of an answer, up to `limitBytes`. @throws RangeError beyond it */
export async function readBody(answer: IncomingMessage, limitBytes = 4 * 1024 * 1024): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer) {
    length += (part as Buffer).length
    if (length > limitBytes) {
      answer.destroy()
      throw new RangeError(`the answer is larger than ${limitBytes} bytes`)
    }
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts)
}

/** Lets the connection be used again. */
export function discard(answer: IncomingMessage): void {
  answer.on('error', () => undefined)
  answer.resume()
}

/** What a registry said, in one short line without control characters. */
export async function readComplaint(answer: IncomingMessage): Promise<string> {
  const text = await readBody(answer, 64 * 1024).then(
    (bytes) => bytes.toString('utf8'),
    () => '',
  )
  return toLine(findMessage(text) ?? text)
}

export function toLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
}

export function describeCause(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return toLine(code ?? message ?? String(error))
}

function findMessage(text: string): string | null {
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly { code?: string; message?: string; detail?: unknown }[] }
    const first = errors?.[0]
    if (!first) return null
    const detail = typeof first.detail === 'string' && first.detail !== first.message ? ` (${first.detail})` : ''
    return `${first.message || first.code || 'refused'}${detail}`
  } catch {
    return null
  }
}
