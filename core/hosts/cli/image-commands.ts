import { resolve } from 'node:path'
import { DescribedError } from '../../api/described-error.ts'
import { describeBytes } from '../../domain/describe-bytes.ts'
import type { BuildPlan, Image } from '../../domain/image.ts'
import type { Parity } from '../../domain/parity.ts'
import { type Call, type Command, type Option, required } from './command.ts'
import { formatTable } from './format-table.ts'
import { toImageDocument, toParityDocument } from './to-document.ts'

const model = required('MODEL', 'name@VERSION, name@ALIAS, or name (its newest version)')
const image = required('IMAGE', 'a manifest digest, a unique prefix of it, or name@VERSION')
const buildOptions: readonly Option[] = [
  { name: 'runtime', value: 'R', choices: ['auto', 'onnx', 'python'], description: 'what serves the model' },
  { name: 'base', value: 'BASE', description: 'host, oci:FOLDER, a tarball, or REFERENCE@sha256:…' },
  { name: 'platform', value: 'P', description: 'linux/amd64 or linux/arm64' },
]

const plan: Command = {
  words: ['image', 'plan'],
  summary: 'What a build would make; builds nothing',
  positionals: [model],
  options: buildOptions,
  examples: ['slipway image plan penguins@1', 'slipway image plan penguins --json'],
  async run(call, session) {
    const planned = await (await session.project()).images.plan(toBuildRequest(call))
    return {
      json: {
        ...planned,
        base: planned.base.name,
        baseDetail: planned.base,
        layers: planned.layers.map(({ name, sizeBytes, cached, contents }) => ({ name, sizeBytes, cached, contents })),
      },
      text: describePlan(planned),
    }
  },
}

const build: Command = {
  words: ['image', 'build'],
  summary: "Build the OCI image in the project's store, then prove its parity",
  positionals: [model],
  options: buildOptions,
  examples: ['slipway image build penguins@1', 'slipway image build penguins --base host --json'],
  async run(call, session) {
    const project = await session.project()
    const request = toBuildRequest(call)
    const job = await session.complete((api) => api.images.build(request))
    const built = await project.images.get({ image: findDigest(job.result) ?? request.model })
    return {
      json: { image: toImageDocument(built), parity: toParityDocument(built.parity) },
      text: `${describeImage(built)}${describeParity(built.parity)}`,
      exitCode: built.parity?.state === 'failed' ? 1 : 0,
    }
  },
}

const parity: Command = {
  words: ['image', 'parity'],
  summary: 'The parity certificate anew: recorded rows against the image',
  positionals: [image],
  options: [
    {
      name: 'level',
      value: 'LEVEL',
      choices: ['model', 'server', 'container'],
      description: 'which door to ask (default: container when an engine answers, else server)',
    },
  ],
  examples: ['slipway image parity penguins@1', 'slipway image parity sha256:4f2a… --level server --json'],
  async run(call, session) {
    const reference = call.arg('IMAGE') as string
    const level = (call.option('level') ?? 'auto') as 'model' | 'server' | 'container' | 'auto'
    const project = await session.project()
    const job = await session.follow((api) => api.images.parity({ image: reference, level }))
    const latest = (await project.images.get({ image: reference })).parity
    if (job.failure && latest?.state !== 'failed') throw new DescribedError(job.failure)
    return {
      json: { parity: toParityDocument(latest) },
      text: describeParity(latest),
      exitCode: latest?.state === 'passed' ? 0 : 1,
    }
  },
}

const list: Command = {
  words: ['image', 'list'],
  summary: 'The images of this project',
  positionals: [],
  options: [],
  examples: ['slipway image list', 'slipway image list --json'],
  async run(_, session) {
    const images = await (await session.project()).images.list({})
    return {
      json: { images: images.map(toImageDocument) },
      text: formatTable(
        ['IMAGE', 'MODEL', 'SIZE', 'PARITY', 'PUSHED', 'BUILT'],
        images.map((entry) => [
          entry.manifestDigest.slice(0, 19),
          `${entry.model.name}@${entry.model.version}`,
          describeBytes(entry.sizeBytes),
          entry.parity?.state ?? 'not checked',
          String(entry.pushes.length),
          entry.builtAt.slice(0, 19).replace('T', ' '),
        ]),
        'There are no images. Build one with "slipway image build MODEL".',
      ),
    }
  },
}

const show: Command = {
  words: ['image', 'show'],
  summary: 'One image: layers, parity, pushes',
  positionals: [image],
  options: [],
  examples: ['slipway image show penguins@1', 'slipway image show sha256:4f2a… --json'],
  async run(call, session) {
    const found = await (await session.project()).images.get({ image: call.arg('IMAGE') as string })
    return { json: { image: toImageDocument(found) }, text: `${describeImage(found)}${describeParity(found.parity)}` }
  },
}

const save: Command = {
  words: ['image', 'save'],
  summary: 'Write the image to a tar file',
  positionals: [image, required('FILE', 'the tar file to write')],
  options: [{ name: 'format', value: 'FORMAT', choices: ['docker', 'oci'], description: 'for docker load, or OCI' }],
  examples: ['slipway image save penguins@1 penguins.tar', 'slipway image save penguins@1 penguins.tar --format oci'],
  async run(call, session) {
    const file = resolve(call.arg('FILE') as string)
    const format = (call.option('format') ?? 'docker') as 'docker' | 'oci'
    const reference = call.arg('IMAGE') as string
    const job = await session.complete((api) => api.images.save({ image: reference, file, format }))
    return { json: { file, format, ...toMembers(job.result) }, text: `Wrote ${file}.\n` }
  },
}

function toBuildRequest(call: Call) {
  return {
    model: call.arg('MODEL') as string,
    runtime: (call.option('runtime') ?? undefined) as 'auto' | 'onnx' | 'python' | undefined,
    base: call.option('base') ?? undefined,
    platform: call.option('platform') ?? undefined,
  }
}

/** The digest of what a job made, wherever its result carries it. */
function findDigest(result: unknown): string | null {
  const members = toMembers(result)
  const inner = toMembers(members.image)
  const found = members.manifestDigest ?? inner.manifestDigest
  return typeof found === 'string' ? found : null
}

function toMembers(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function describePlan(planned: BuildPlan): string {
  return [
    `${planned.runtime} runtime: ${planned.reason}\n`,
    `base ${planned.base.name}, ${planned.platform}, user ${planned.user}\n\n`,
    formatTable(
      ['LAYER', 'SIZE', 'CACHED'],
      planned.layers.map((layer) => [layer.name, describeBytes(layer.sizeBytes), layer.cached ? 'yes' : 'no']),
      'No layers.',
    ),
  ].join('')
}

function describeImage(found: Image): string {
  return [
    `${found.manifestDigest}\n`,
    `${found.model.name}@${found.model.version}, ${found.runtime}, ${found.platform}, ${describeBytes(found.sizeBytes)}\n\n`,
    formatTable(
      ['LAYER', 'SIZE', 'DIGEST'],
      found.layers.map((layer) => [layer.name, describeBytes(layer.sizeBytes), layer.digest]),
      'No layers.',
    ),
    ...found.pushes.map((push) => `pushed ${push.reference}@${push.manifestDigest} by ${push.pushedBy}\n`),
    '\n',
  ].join('')
}

function describeParity(found: Parity | null): string {
  if (found === null) return 'Parity has not been checked.\n'
  const rows = `${found.rows} rows (${found.rowsOrigin ?? 'no recorded rows'}), ${found.outputs.join(', ')}`
  const base = `Parity ${found.state} at level ${found.level}: ${rows}, largest difference ${found.maxDifference}.\n`
  if (found.first === null) return found.detail ? `${base}${found.detail}\n` : base
  const { row, column, expected, actual } = found.first
  return `${base}First difference: row ${row}, ${column}: recorded ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}.\n`
}

export const imageCommands: readonly Command[] = [plan, build, parity, list, show, save]
