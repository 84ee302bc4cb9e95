import { randomBytes } from 'node:crypto'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** `length` random characters of lower-case base32: easy to read out, to type and to select. */
export function newId(length: number): string {
  const letters = randomBytes(length)
  for (let at = 0; at < length; at++) letters[at] = alphabet.charCodeAt((letters[at] as number) & 31)
  return letters.toString('latin1')
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
