import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate, inflateRaw } from 'node:zlib'
import type { ServingLimits } from './limits.ts'
import { Refusal } from './refusal.ts'

export type BodyReader = {
  /** The whole body, decompressed. @throws Refusal 400, 413, 415, 503 */
  read(request: IncomingMessage): Promise<Buffer>
  /** What can be refused by its headers alone, before a byte of the body is taken. */
  refuseEarly(request: IncomingMessage): Refusal | null
  readonly bufferedBytes: number
}

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>
const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: inflateEither,
}

/** Bodies are held in memory, each and all together within the limits. */
export function createBodyReader(limits: ServingLimits): BodyReader {
  let bufferedBytes = 0

  async function read(request: IncomingMessage): Promise<Buffer> {
    const refusal = refuseEarly(request)
    if (refusal) throw refusal
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length
        bufferedBytes += chunk.length
        if (size > limits.maxBodyBytes) throw tooLarge(limits)
        if (bufferedBytes > limits.maxBufferedBytes) throw tooBusy()
        chunks.push(chunk)
      }
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      return await decompress(body, toEncoding(request), limits)
    } finally {
      bufferedBytes -= size
    }
  }

  function refuseEarly(request: IncomingMessage): Refusal | null {
    const encoding = toEncoding(request)
    if (encoding !== 'identity' && !Object.hasOwn(decompressors, encoding))
      return new Refusal(415, `Content-Encoding ${encoding.slice(0, 40)} is not taken: gzip, deflate or none`)
    const length = Number(request.headers['content-length'] ?? 0)
    if (length > limits.maxBodyBytes) return tooLarge(limits)
    return bufferedBytes + length > limits.maxBufferedBytes ? tooBusy() : null
  }

  return {
    read,
    refuseEarly,
    get bufferedBytes() {
      return bufferedBytes
    },
  }
}

function toEncoding(request: IncomingMessage): string {
  return (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
}

async function decompress(body: Buffer, encoding: string, limits: ServingLimits): Promise<Buffer> {
  if (encoding === 'identity') return body
  try {
    return await (decompressors[encoding] as Decompress)(body, { maxOutputLength: limits.maxBodyBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limits)
    throw new Refusal(400, `the body is not ${encoding}`)
  }
}

/** "deflate" means zlib's format; some clients send it bare. */
async function inflateEither(bytes: Buffer, options: { maxOutputLength: number }): Promise<Buffer> {
  const isZlib = bytes.length >= 2 && ((bytes[0] as number) & 15) === 8 && bytes.readUInt16BE(0) % 31 === 0
  return isZlib ? promisify(inflate)(bytes, options) : promisify(inflateRaw)(bytes, options)
}

function tooLarge(limits: ServingLimits): Refusal {
  return new Refusal(413, `the body is larger than ${limits.maxBodyBytes} bytes (SLIPWAY_MAX_BODY_BYTES)`)
}

function tooBusy(): Refusal {
  return new Refusal(503, 'other requests fill the memory for bodies', {}, { 'Retry-After': '1' })
}
