/** The identity of immutable bytes: `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}` & { readonly __brand: 'Digest' }

const digestPattern = /^sha256:[0-9a-f]{64}$/

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && digestPattern.test(value)
}

/** Refuses anything that is not a whole sha256 digest. @throws RangeError naming the text. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new RangeError(`not a sha256 digest: ${JSON.stringify(text)}`)
  return text
}

/** The 64 hex digits, for file names. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

/** Twelve hex digits for people; never parsed back. */
export function shortDigest(digest: Digest): string {
  return digestHex(digest).slice(0, 12)
}
