import type { IncomingMessage, ServerResponse } from 'node:http'

/** The codes of the distribution specification that this registry uses. */
const statusOf = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  RANGE_INVALID: 416,
  SIZE_INVALID: 413,
  TOOMANYREQUESTS: 429,
  UNSUPPORTED: 405,
} as const

export type RegistryErrorCode = keyof typeof statusOf

export class RegistryRefusal extends Error {
  readonly code: RegistryErrorCode
  readonly headers: Readonly<Record<string, string>>
  constructor(code: RegistryErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.code = code
    this.headers = headers
  }
}

/** One request, taken apart. */
export type RegistryRequest = {
  readonly message: IncomingMessage
  readonly method: string
  readonly repository: string
  readonly query: URLSearchParams
}

export type RegistryAnswer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Buffer | string | undefined
  /** Opened only when a body is wanted. */
  readonly open?: (() => NodeJS.ReadableStream) | undefined
  readonly lengthBytes?: number | undefined
}

export function answerWith(response: ServerResponse, method: string, answer: RegistryAnswer): void {
  const { status, headers = {}, body, open, lengthBytes } = answer
  const length = lengthBytes ?? Buffer.byteLength(body ?? '')
  response.writeHead(status, {
    'docker-distribution-api-version': 'registry/2.0',
    'x-content-type-options': 'nosniff',
    ...(status === 204 ? {} : { 'content-length': String(length) }),
    ...headers,
  })
  if (method === 'HEAD' || status === 204) response.end()
  else if (open) {
    const source = open()
    source.on('error', () => response.destroy())
    response.on('close', () => (source as Partial<{ destroy(): void }>).destroy?.())
    source.pipe(response)
  } else response.end(body ?? '')
}

export function toRefusalAnswer(refusal: RegistryRefusal): RegistryAnswer {
  return {
    status: statusOf[refusal.code],
    headers: { 'content-type': 'application/json', ...refusal.headers },
    body: JSON.stringify({ errors: [{ code: refusal.code, message: refusal.message }] }),
  }
}
