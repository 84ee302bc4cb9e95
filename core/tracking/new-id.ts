import { randomBytes } from 'node:crypto'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** `length` random characters of lower-case base32: easy to read out, to type and to select. */
export function newId(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte & 31]).join('')
}

export const newStepRunId = (): string => newId(16)
