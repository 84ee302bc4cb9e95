import { describePlace } from '../../domain/describe-place.ts'
import type { JsonValue } from '../../domain/json.ts'
import type { ArtifactProof, Proof, ProofVerdict } from '../../domain/proof.ts'
import { type Command, required } from './command.ts'
import { formatTable } from './format-table.ts'

const prove: Command = {
  words: ['prove'],
  summary: 'Execute a past run again and compare everything that it gave',
  positionals: [required('RUN', 'an id, a unique prefix of at least 4 characters, or latest')],
  options: [
    { name: 'why', description: 'where it differs, find the cause by changing one condition at a time (takes longer)' },
  ],
  examples: ['slipway prove latest --trust', 'slipway prove 4f2a --why --json'],
  async run(call, session) {
    await session.trustedProject()
    const run = call.arg('RUN') as string
    const job = await session.complete((api) => api.proofs.start({ run, why: call.has('why') }))
    const proof = job.result as unknown as Proof
    return { json: toProofDocument(proof), text: describeProof(proof), exitCode: proof.verdict === 'differs' ? 1 : 0 }
  },
}

function toProofDocument({ first, cause, ...rest }: Proof) {
  return { ...rest, ...(first === null ? {} : { first }), ...(cause === null ? {} : { cause }) }
}

export const verdictWords: Record<ProofVerdict, string> = {
  identical: 'identical',
  withinTolerance: 'within tolerance',
  differs: 'DIFFERS',
}

function describeProof(proof: Proof): string {
  const { first, tolerance } = proof
  const rows = proof.steps.flatMap(({ step, artifacts }) =>
    artifacts.map((one) => [step, one.artifact, one.kind, verdictWords[one.verdict], describeDifference(one)]),
  )
  const at = first && describePlace({ column: first.column ?? null, row: first.row ?? null })
  return [
    `run ${proof.runId}  ${verdictWords[proof.verdict]}`,
    proof.verdict === 'withinTolerance' ? ` (absolute ${tolerance.absolute}, relative ${tolerance.relative})` : '',
    `, ${(proof.durationMs / 1000).toFixed(1)} s\n`,
    first ? `first: step ${first.step}, ${first.artifact}${at ? `, ${at}` : ''}: ` : '',
    first ? `recorded ${JSON.stringify(first.recorded)}, now ${JSON.stringify(first.reproduced)}\n` : '',
    proof.cause ? `why: ${proof.cause.description}\n` : '',
    ...proof.notes.map((note) => `note: ${note}\n`),
    '\n',
    formatTable(['STEP', 'ARTIFACT', 'KIND', 'VERDICT', 'DETAIL'], rows, 'Its steps gave nothing to compare.'),
  ].join('')
}

/** Where it differs first, both values, and what else there is to say; empty for what is identical. */
function describeDifference({
  verdict,
  column,
  row,
  recorded,
  reproduced,
  maxDifference,
  detail,
}: ArtifactProof): string {
  if (verdict === 'identical') return detail ?? ''
  const place = describePlace({ column, row })
  const values = recorded === null && reproduced === null ? '' : `${shortly(recorded)} → ${shortly(reproduced)}`
  const largest = maxDifference === null ? '' : `largest difference ${maxDifference.toPrecision(3)}`
  return [[place, values].filter((part) => part !== '').join(': '), detail ?? '', largest]
    .filter((part) => part !== '')
    .join('; ')
}

const longestValue = 32

function shortly(value: JsonValue): string {
  const text = JSON.stringify(value).replace(/^"sha256:([0-9a-f]{12})[0-9a-f]+"$/, '$1…')
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

export const proveCommands: readonly Command[] = [prove]
