import type { Proof, ProofVerdict } from '../../domain/proof.ts'
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
    artifacts.map((one) => [step, one.artifact, one.kind, verdictWords[one.verdict], one.detail ?? '']),
  )
  const at = first && [first.column, first.row === undefined ? null : `row ${first.row}`].filter(Boolean).join(', ')
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

export const proveCommands: readonly Command[] = [prove]
