import type { StaleReason } from '../../core/domain/reason.ts'

/** Why a step would run, in a few words. Total, so that a new kind of reason cannot be forgotten. */
const words: Record<StaleReason['kind'], (reason: StaleReason) => string> = {
  source: ({ name }) => `code changed in ${name}`,
  param: ({ name, from, to }) => (from === null ? `param ${name} is new` : `${name} ${from} → ${to ?? 'gone'}`),
  input: ({ name, to }) => (to && !to.startsWith('sha256:') ? to : `input ${name} changed`),
  file: ({ name }) => `file ${name} changed`,
  package: ({ name, from, to }) => `${name} ${from ?? 'missing'} → ${to ?? 'missing'}`,
  interpreter: ({ from, to }) => `Python ${from ?? '?'} → ${to ?? '?'}`,
  environmentVariable: ({ name }) => `variable ${name} changed`,
  nondeterministic: () => 'gives other results each time',
  new: () => 'not run yet',
  forced: () => 'cache is ignored',
}

export function describeReason(reason: StaleReason): string {
  return words[reason.kind](reason)
}
