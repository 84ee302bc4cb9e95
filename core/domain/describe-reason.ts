import { describeBytes } from './describe-bytes.ts'
import { isDigest } from './digest.ts'
import type { StaleReason } from './reason.ts'

type Change = Pick<StaleReason, 'name' | 'from' | 'to' | 'sizes' | 'summary'>

/** Why a step would run, in a few words each. Total, so that a new kind of reason cannot be forgotten. */
const words: Record<StaleReason['kind'], (change: Change) => string> = {
  source: ({ name }) => `code changed in ${name}`,
  param: ({ name, from, to }) =>
    from === null ? `param ${name} is new` : to === null ? `param ${name} is gone` : `${name} ${from} → ${to}`,
  input: ({ name, to }) => (to === null ? `${name} will be made again` : isDigest(to) ? `input ${name} changed` : to),
  file: describeFile,
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

function describeFile({ name, from, to, sizes, summary }: Change): string {
  const file = name.startsWith('the stored ') ? name : `file ${name}`
  if (name.endsWith('/') && to !== null)
    return `files came to or went from ${name === './' ? 'the project folder' : name}`
  if (to === null) return `${file} is gone`
  if (!isDigest(to)) return `${file}: ${to}`
  if (from === null) return `${file} is new`
  return `${file} changed${summary === undefined ? describeSizes(sizes) : ` (${summary})`}`
}

function describeSizes(sizes: Change['sizes']): string {
  const [before, after] = sizes ?? [null, null]
  if (before === null || after === null) return ''
  if (before === after) return ` (${describeBytes(after)} as before)`
  return ` (${describeBytes(before)} → ${describeBytes(after)})`
}
