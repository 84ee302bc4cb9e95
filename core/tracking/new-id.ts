import { randomBytes } from 'node:crypto'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** `length` random characters of lower-case base32: easy to read out, to type and to select. */
export function newId(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte & 31]).join('')
}

const stepRunIdLength = 16

export const newStepRunId = (): string => newId(stepRunIdLength)

/** Many at once: asking the system for random bytes takes longer than all the rest. */
export function newStepRunIds(count: number): readonly string[] {
  const letters = newId(count * stepRunIdLength)
  return Array.from({ length: count }, (_, index) =>
    letters.slice(index * stepRunIdLength, (index + 1) * stepRunIdLength),
  )
}
