import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, createCommandLine } from '../builders/command-line.ts'
import { type RealRegistry, startDockerRegistry } from '../builders/docker-registry.ts'
import { shipSample } from '../builders/sample-project.ts'

type Node = { readonly id: string; readonly kind: string; readonly digest?: string; readonly name?: string }
type Graph = { readonly nodes: readonly Node[]; readonly edges: readonly { from: string; to: string; kind: string }[] }
type Layer = { readonly digest: string; readonly diffId: string }

let slipway: CommandLine
let registry: RealRegistry
let work: string
let folder: string
let pushed: string
let graph: Graph

beforeAll(async () => {
  slipway = createCommandLine()
  registry = await startDockerRegistry()
  work = mkdtempSync(join(tmpdir(), 'lineage-of-a-push-'))
  const shipped = await shipSample(slipway, work)
  folder = shipped.folder
  pushed = (await ask<{ manifestDigest: string }>('image', 'push', 'penguins@1', `${registry.host}/team/penguins:1`))
    .manifestDigest
  expect(pushed).toBe(shipped.image)
  graph = await ask<Graph>('lineage', pushed, '--up')
}, 600_000)
afterAll(async () => {
  await registry?.stop()
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

async function ask<Document>(...args: string[]): Promise<Document> {
  const end = await slipway.run([...args, '--json'], { folder })
  expect(end.code, end.stdout + end.stderr).toBe(0)
  return end.json<Document>()
}

const sha256 = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const blobOf = (digest: string) => join(folder, '.slipway/store/blobs/sha256', digest.slice('sha256:'.length))
const digestsOf = (kind: string) => graph.nodes.filter((node) => node.kind === kind).map(({ digest }) => digest)

describe('from the digest of a pushed manifest, upstream', () => {
  it('stand the digests of every source, every data file and the lock, as they are on disk', () => {
    for (const [kind, file] of [
      ['source', 'pipeline.py'],
      ['source', 'features.py'],
      ['file', 'data/penguins.csv'],
      ['environment', 'slipway.lock'],
    ] as const) {
      expect(digestsOf(kind), file).toContain(sha256(readFileSync(join(folder, file))))
    }
  })

  it('stand the approval, the push and the image', async () => {
    const { model } = await ask<{ model: { approval: { evidenceDigest: string } } }>('models', 'show', 'penguins@1')
    expect(digestsOf('approval')).toEqual([model.approval.evidenceDigest])
    expect(digestsOf('push')).toEqual([pushed])
    expect(digestsOf('image')).toContain(pushed)
  })

  it('stands the run that was registered, though every step of it was cached', async () => {
    const { run, steps } = await ask<{ run: { id: string }; steps: { id: string; state: string }[] }>('show', 'latest')
    expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(['cached']))
    expect(graph.nodes.filter(({ kind }) => kind === 'run').map(({ id }) => id)).toEqual([`run:${run.id}`])
    const walked = graph.nodes.filter(({ kind }) => kind === 'stepRun').map(({ id }) => id)
    expect(walked.sort()).toEqual(steps.map(({ id }) => `stepRun:${id}`).sort())
  })

  it('every step has its source, its params and its environment before it', () => {
    const kindOf = new Map(graph.nodes.map((node) => [node.id, node.kind]))
    for (const step of graph.nodes.filter(({ kind }) => kind === 'stepRun')) {
      const causes = graph.edges.filter(({ to }) => to === step.id).map(({ from }) => kindOf.get(from))
      expect(causes, step.name).toEqual(expect.arrayContaining(['source', 'environment', 'run']))
    }
  })

  it('every digest can be read back, and hashes to itself', async () => {
    const { image } = await ask<{ image: { layers: Layer[] } }>('image', 'show', 'penguins@1')
    const unread = graph.nodes.flatMap((node) => {
      if (!node.digest) return []
      const bytes = bytesOf(node, image.layers)
      return bytes !== null && sha256(bytes) === node.digest ? [] : [`${node.kind} ${node.name}`]
    })
    expect(unread).toEqual([])
  })

  /** From the store; params from their own name, data from the project, the base from the layer that it became. */
  function bytesOf(node: Node, layers: readonly Layer[]): Uint8Array | string | null {
    const digest = node.digest as string
    if (existsSync(blobOf(digest))) return readFileSync(blobOf(digest))
    if (node.kind === 'params') return node.name ?? null
    if (node.kind === 'file') return readFileSync(join(folder, node.name as string))
    const layer = layers.find(({ diffId }) => diffId === digest)
    return layer ? gunzipSync(readFileSync(blobOf(layer.digest))) : null
  }

  it('is the same from a prefix, the model, its alias and the reference of the run', async () => {
    await ask('models', 'alias', 'penguins@1', 'champion')
    for (const reference of [pushed.slice(0, 24), 'penguins@1', 'penguins@champion', 'latest', 'latest:model']) {
      const { nodes } = await ask<Graph>('lineage', reference, '--up')
      expect(
        nodes
          .filter(({ kind }) => kind === 'file')
          .map(({ name }) => name)
          .sort(),
        reference,
      ).toEqual(['data/penguins.csv', 'penguins@1'])
    }
  })
})

describe('in the formats of others', () => {
  it('OpenLineage tells each step run, cached ones too, as a START and a COMPLETE', async () => {
    const events = await ask<readonly { eventType: string; job: { name: string } }[]>(
      'lineage',
      pushed,
      '--up',
      '--format',
      'openlineage',
    )
    const named = events.map((event) => `${event.job.name} ${event.eventType}`)
    for (const step of ['load', 'validate', 'split', 'train', 'evaluate', 'image', 'push', 'approval']) {
      expect(named).toEqual(expect.arrayContaining([`${step} START`, `${step} COMPLETE`]))
    }
  })

  it('PROV relates only what it names', async () => {
    const document = await ask<Record<string, Record<string, Record<string, string>>>>(
      'lineage',
      pushed,
      '--up',
      '--format',
      'prov',
    )
    const { entity, activity, prefix, ...relations } = document
    const known = new Set([...Object.keys(entity ?? {}), ...Object.keys(activity ?? {})])
    expect(known.size).toBe(graph.nodes.length)
    expect(Object.keys(prefix ?? {})).toContain('prov')
    const ends = Object.values(relations).flatMap((relation) =>
      Object.values(relation).flatMap((one) => Object.values(one)),
    )
    expect(ends.length).toBeGreaterThan(20)
    expect(ends.filter((end) => !known.has(end))).toEqual([])
  })
})
