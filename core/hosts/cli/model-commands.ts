import { fail } from '../../domain/failure.ts'
import type { ModelVersion } from '../../domain/model.ts'
import { type Command, required } from './command.ts'
import { formatTable } from './format-table.ts'
import { toModelDocument } from './to-document.ts'

const model = required('MODEL', 'name@VERSION, name@ALIAS, or name (its newest version)')
const note = { name: 'note', value: 'TEXT', description: 'why; kept with the decision' } as const

const list: Command = {
  words: ['models'],
  summary: 'List the registered models',
  positionals: [],
  options: [],
  examples: ['slipway models', 'slipway models --json'],
  async run(_, session) {
    const registered = await (await session.project()).models.list({})
    const versions = registered.flatMap((entry) => entry.versions)
    return {
      json: { models: registered.map(({ name, versions: own }) => ({ name, versions: own.map(toModelDocument) })) },
      text: formatTable(
        ['MODEL', 'ALIASES', 'APPROVAL', 'ONNX', 'RUN', 'DIGEST'],
        versions.map((version) => [
          `${version.name}@${version.version}`,
          version.aliases.join(' '),
          wordApproval(version),
          version.onnx.state,
          version.runId,
          version.digest.slice(7, 19),
        ]),
        'No model is registered. Register one with "slipway models register latest:NAME MODEL".',
      ),
    }
  },
}

const register: Command = {
  words: ['models', 'register'],
  summary: 'Register a model that a run gave, as the next version of a name',
  positionals: [required('ARTIFACT', 'a digest, or RUN:NAME'), required('NAME', 'the name of the model')],
  options: [],
  examples: ['slipway models register latest:model penguins', 'slipway models register 4f2a:model penguins --json'],
  async run(call, session) {
    const project = await session.project()
    const [artifact, name] = [call.arg('ARTIFACT') as string, call.arg('NAME') as string]
    const version = await project.models.register({ artifact, name })
    return { json: { model: toModelDocument(version) }, text: `Registered ${describeModel(version)}` }
  },
}

const show: Command = {
  words: ['models', 'show'],
  summary: 'One version: signature, aliases, approval, evidence',
  positionals: [model],
  options: [],
  examples: ['slipway models show penguins', 'slipway models show penguins@2 --json'],
  async run(call, session) {
    const project = await session.project()
    const reference = { model: call.arg('MODEL') as string }
    const [version, evidence] = [await project.models.get(reference), await project.models.evidence(reference)]
    return { json: { model: toModelDocument(version), evidence }, text: describeModel(version) }
  },
}

function decide(verb: 'approve' | 'reject'): Command {
  const state = verb === 'approve' ? 'approved' : 'rejected'
  return {
    words: ['models', verb],
    summary: verb === 'approve' ? 'Approve a version, on its digest and evidence' : 'Reject a version, with the reason',
    positionals: [model],
    options: [note],
    examples: [
      `slipway models ${verb} penguins@1 --note "${verb === 'approve' ? 'Metrics reviewed' : 'Too few rows'}"`,
      `slipway models ${verb} penguins --note "${verb === 'approve' ? 'For the pilot' : 'Wrong data'}" --json`,
    ],
    async run(call, session) {
      const text = call.option('note')
      if (!text?.trim()) throw missingNote(verb)
      const project = await session.project()
      const reference = call.arg('MODEL') as string
      const approval = await project.models.decide({ model: reference, state, note: text })
      return { json: { approval }, text: `${reference} is ${state} by ${approval.by}: ${approval.note}\n` }
    },
  }
}

const alias: Command = {
  words: ['models', 'alias'],
  summary: 'Point an alias at a version',
  positionals: [model, required('ALIAS', 'the alias')],
  options: [],
  examples: ['slipway models alias penguins@2 champion', 'slipway models alias penguins candidate --json'],
  async run(call, session) {
    const project = await session.project()
    const [reference, name] = [call.arg('MODEL') as string, call.arg('ALIAS') as string]
    const version = await project.models.alias({ model: reference, alias: name })
    return { json: { model: toModelDocument(version) }, text: `${name} is now ${version.name}@${version.version}.\n` }
  },
}

function wordApproval(version: ModelVersion): string {
  if (version.approval === null) return 'not approved'
  return version.approval.stale ? `${version.approval.state}, stale` : version.approval.state
}

function describeModel(version: ModelVersion): string {
  const inputs = version.signature?.inputs.map((input) => [input.name, input.type, JSON.stringify(input.shape)]) ?? []
  return [
    `${version.name}@${version.version}  ${version.pythonType}\n`,
    `digest    ${version.digest}\n`,
    `run       ${version.runId}, artifact ${version.artifact}\n`,
    `onnx      ${version.onnx.state}${'reason' in version.onnx ? `: ${version.onnx.reason}` : ''}\n`,
    `aliases   ${version.aliases.join(', ') || 'none'}\n`,
    `approval  ${wordApproval(version)}${version.approval?.stale ? `: ${version.approval.stale}` : ''}\n\n`,
    formatTable(['INPUT', 'TYPE', 'SHAPE'], inputs, 'The signature is not known.'),
  ].join('')
}

function missingNote(verb: string): Error {
  return fail('host/usage', {
    problem: 'A decision needs a note.',
    hint: `Write slipway models ${verb} MODEL --note "why".`,
  })
}

export const modelCommands: readonly Command[] = [list, register, show, decide('approve'), decide('reject'), alias]
