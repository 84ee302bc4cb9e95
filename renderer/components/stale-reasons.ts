import { isDigest } from '../../core/domain/digest.ts'
import type { StaleReason } from '../../core/domain/reason.ts'

type Change = Pick<StaleReason, 'name' | 'from' | 'to'>

/** Why a step would run, in a few words each. Total, so that a new kind of reason cannot be forgotten. */
const words: Record<StaleReason['kind'], (change: Change) => string> = {
  source: ({ name }) => `code changed in ${name}`,
  param: ({ name, from, to }) =>
    from === null ? `param ${name} is new` : to === null ? `param ${name} is gone` : `${name} ${from} → ${to}`,
  input: ({ name, to }) => (to === null ? `${name} will be made again` : isDigest(to) ? `input ${name} changed` : to),
  file: ({ name, from, to }) => `${toFileName(name)} ${to === null ? 'is gone' : from === null ? 'is new' : 'changed'}`,
  package: describePackage,
  interpreter: ({ from, to }) => (from === null ? `Python is now ${to}` : `Python ${from} → ${to}`),
  environmentVariable: ({ name }) => `variable ${name} changed`,
  nondeterministic: ({ to }) => to ?? 'gives other results each time',
  new: () => 'not run yet',
  forced: () => 'cache is ignored',
}

export function describeReason(reason: StaleReason): string {
  return words[reason.kind](reason)
}

/** A version, the digest of a whole lock, or already a sentence. */
function describePackage({ name, from, to }: Change): string {
  if (to === null) return `${name} was removed`
  if (isDigest(to)) return `${name} changed`
  if (from !== null) return `${name} ${from} → ${to}`
  return /^\d/.test(to) ? `${name} ${to} was added` : `${name} ${to}`
}

function toFileName(name: string): string {
  return name.startsWith('the stored ') ? name : `file ${name}`
}
