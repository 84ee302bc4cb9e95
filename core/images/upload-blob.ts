import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Descriptor } from '../domain/descriptor.ts'
import { fail, isFailure } from '../domain/failure.ts'
import { discard } from './http-exchange.ts'
import type { RegistryClient } from './registry-client.ts'
import { parseLocation } from './registry-hosts.ts'

export type BlobSource = {
  readonly descriptor: Descriptor
  /** The bytes from `offset` up to `end`, exclusive. */
  readonly open: (offset: number, end: number) => AsyncIterable<Uint8Array>
}

export type UploadOptions = {
  /** Repositories of the same registry that may hold the blob already. */
  readonly mountFrom?: readonly string[] | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly chunkBytes?: number | undefined
  readonly pausesMs?: readonly number[] | undefined
}

const defaultChunkBytes = 32 * 1024 * 1024
/** Sent whole with the closing request: sending it again costs less than a round trip each time. */
const smallBytes = 4 * 1024 * 1024
const defaultPausesMs = [200, 1000, 3000]

type Session = { location: URL; offset: number; chunkBytes: number }

/**
 * Sends a blob that the registry does not have: mounts it from another repository when it can, else in chunks. A line
 * that breaks is taken up where the registry says it stands, and started anew where it cannot say.
 * @returns the bytes that were sent, 0 when it was mounted
 * @throws images/uploadCutOff, images/redirectRefused and what the registry refuses
 */
export async function uploadBlob(
  client: RegistryClient,
  source: BlobSource,
  options: UploadOptions = {},
): Promise<number> {
  const { digest, sizeBytes } = source.descriptor
  const pausesMs = options.pausesMs ?? defaultPausesMs
  const mounted = await tryMounts(client, source.descriptor, options.mountFrom ?? [])
  if (mounted === 'mounted') return 0
  let session: Session | null = mounted
  let furthest = 0
  for (let failures = 0; ; ) {
    try {
      session ??= await startUpload(client)
      session.chunkBytes = Math.max(options.chunkBytes ?? defaultChunkBytes, session.chunkBytes)
      await sendRest(client, source, session, options.onBytes)
      return sizeBytes
    } catch (cause) {
      client.signal?.throwIfAborted()
      if (!isBroken(cause)) throw cause
      // Only tries that got no further count: a bad line that moves on is followed to its end.
      const reached = session?.offset ?? 0
      if (reached > furthest) failures = 0
      furthest = Math.max(furthest, reached)
      const pauseMs = pausesMs[failures]
      if (pauseMs === undefined)
        throw fail(
          'images/uploadCutOff',
          { registry: client.registry, digest, sentBytes: furthest, totalBytes: sizeBytes, cause: causeOf(cause) },
          { cause },
        )
      failures += 1
      await sleep(pauseMs, undefined, { signal: client.signal })
      session = session && (await resume(client, session, sizeBytes))
    }
  }
}

async function sendRest(
  client: RegistryClient,
  source: BlobSource,
  session: Session,
  onBytes: UploadOptions['onBytes'],
): Promise<void> {
  const { digest, sizeBytes } = source.descriptor
  const body = (start: number, end: number) => ({
    lengthBytes: end - start,
    open: () => counted(source.open(start, end), onBytes),
  })
  const isSmall = session.offset === 0 && sizeBytes <= smallBytes
  while (session.offset < sizeBytes && !isSmall) {
    const start = session.offset
    const end = Math.min(sizeBytes, start + session.chunkBytes)
    const answer = await client.call(session.location, {
      method: 'PATCH',
      headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${end - 1}` },
      body: body(start, end),
      operation: 'take a layer',
      repeatable: false,
    })
    if (answer.statusCode !== 202) throw await refusal(client, answer)
    discard(answer)
    session.location = parseLocation(answer.headers.location, session.location, client.registry)
    session.offset = end
  }
  const location = new URL(session.location)
  location.searchParams.set('digest', digest)
  const answer = await client.call(location, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: body(isSmall ? 0 : sizeBytes, sizeBytes),
    operation: 'take a layer',
    repeatable: false,
  })
  if (answer.statusCode !== 201 && answer.statusCode !== 204) throw await refusal(client, answer)
  discard(answer)
}

/** 404, 409 and 416 mean that this upload went wrong, not that it is forbidden. */
async function refusal(client: RegistryClient, answer: IncomingMessage): Promise<Error> {
  return [404, 409, 416].includes(answer.statusCode ?? 0)
    ? new BrokenUpload(`status ${answer.statusCode}`)
    : client.toFailure(answer, 'take a layer')
}

class BrokenUpload extends Error {}

function isBroken(cause: unknown): boolean {
  return (
    cause instanceof BrokenUpload ||
    isFailure(cause, 'images/registryUnreachable') ||
    (isFailure(cause, 'images/registryFailed') && (cause.details as { status: number }).status >= 500)
  )
}

function causeOf(cause: unknown): string {
  if (isFailure(cause, 'images/registryUnreachable')) return (cause.details as { cause: string }).cause
  return (cause as Error).message
}

async function startUpload(client: RegistryClient): Promise<Session> {
  const answer = await client.call(client.address('blobs/uploads/'), {
    method: 'POST',
    headers: { 'content-length': '0' },
    operation: 'begin to take a layer',
    repeatable: true,
  })
  if (answer.statusCode !== 202) throw await client.toFailure(answer, 'begin to take a layer')
  discard(answer)
  return toSession(client, answer)
}

function toSession(client: RegistryClient, answer: IncomingMessage): Session {
  const least = Number(answer.headers['oci-chunk-min-length'] ?? 0)
  return {
    location: parseLocation(answer.headers.location, client.address('blobs/uploads/'), client.registry),
    offset: 0,
    chunkBytes: Number.isSafeInteger(least) && least > 0 ? least : 0,
  }
}

/** Asks how much arrived. Null: the registry knows this upload no more, or says what cannot be. */
async function resume(client: RegistryClient, session: Session, sizeBytes: number): Promise<Session | null> {
  const answer = await client.call(session.location, {
    method: 'GET',
    operation: 'say what arrived',
    repeatable: true,
    rights: `repository:${client.repository}:pull,push`,
  })
  discard(answer)
  const range = /^(?:bytes=)?0-(\d{1,15})$/.exec(answer.headers.range ?? '')
  if (answer.statusCode !== 204 && answer.statusCode !== 202) return null
  const arrived = range ? Number(range[1]) + 1 : 0
  // "0-0" is what registries say of an upload that holds nothing, and of one that holds a single byte.
  const offset = arrived === 1 ? 0 : arrived
  if (offset > sizeBytes || arrived === 1) return null
  const { location } = answer.headers
  return {
    location: location === undefined ? session.location : parseLocation(location, session.location, client.registry),
    offset,
    chunkBytes: session.chunkBytes,
  }
}

async function tryMounts(
  client: RegistryClient,
  { digest }: Descriptor,
  repositories: readonly string[],
): Promise<'mounted' | Session | null> {
  for (const from of repositories) {
    const url = client.address('blobs/uploads/')
    url.searchParams.set('mount', digest)
    url.searchParams.set('from', from)
    const answer = await client.call(url, {
      method: 'POST',
      headers: { 'content-length': '0' },
      operation: 'mount a layer',
      repeatable: true,
      rights: `repository:${client.repository}:pull,push repository:${from}:pull`,
    })
    discard(answer)
    if (answer.statusCode === 201) return 'mounted'
    if (answer.statusCode === 202) return toSession(client, answer)
  }
  return null
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: UploadOptions['onBytes'],
): AsyncGenerator<Uint8Array> {
  for await (const part of bytes) {
    onBytes?.(part.length)
    yield part
  }
}
