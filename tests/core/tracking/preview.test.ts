import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mediaTypes } from '../../../core/domain/descriptor.ts'
import type { NewArtifact } from '../../../core/tracking/run-records.ts'
import { predictionsFile } from '../../builders/predictions-file.ts'
import { openRecording, type Recording } from './open-recording.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

/** Records one artifact of these bytes in a run of its own and shows it. */
async function previewOf(bytes: Uint8Array | string, mediaType: string, more: Partial<NewArtifact> = {}) {
  const descriptor = await at.store.putBytes(bytes, mediaType)
  return preview({ ...plain, descriptor, ...more })
}

async function preview(artifact: NewArtifact) {
  const { runId, stepRunIds } = at.startRun(['make'])
  await at.doStep(stepRunIds.make!, { step: 'make', gives: [artifact] })
  return at.runs.preview(`${runId}:${artifact.name}`)
}

const plain = {
  name: 'it',
  role: 'output',
  kind: 'file',
  parts: [],
  pythonType: 'x.Y',
  runsCodeWhenLoaded: false,
  summary: {},
} as const
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name))

describe('a preview', () => {
  it('shows a table as its author typed it, with what JSON has no word for spelt out', async () => {
    expect(await previewOf(fixture('mixed.parquet'), mediaTypes.parquet, { kind: 'table' })).toEqual({
      kind: 'table',
      totalRows: 3,
      columns: [
        { name: 'whole', type: 'Int64' },
        { name: 'real', type: 'float64' },
        { name: 'name', type: 'str' },
        { name: 'kind', type: 'category' },
        { name: 'when', type: 'datetime64[us, UTC]' },
        { name: 'flag', type: 'bool' },
        { name: 'list', type: 'list[int64]' },
        { name: 'raw', type: 'bytes' },
        { name: '__index_level_0__', type: 'str' },
      ],
      rows: [
        [1, 0.5, 'a', 'x', '2026-01-02T03:04:05.000Z', true, [1, 2], 'AAE=', 'r1'],
        [null, null, 'ü', 'y', null, false, [], '', 'r2'],
        ['1152921504606846976', 'Infinity', null, 'x', '2026-01-02T03:04:05.123Z', null, null, null, 'r3'],
      ],
    })
  })

  it('b45-is bounded for a wide and long table', async () => {
    const shown = await previewOf(fixture('wide.parquet'), mediaTypes.parquet, { kind: 'table' })
    if (shown.kind !== 'table') throw new Error(shown.kind)
    expect([shown.columns.length, shown.rows.length, shown.totalRows]).toEqual([100, 200, 1000])
    expect(shown.rows[199]).toEqual(Array.from({ length: 100 }, () => 199))
  })

  it.each([
    ['cube.npy', { kind: 'array', dtype: '>f4', shape: [1, 2, 2], head: [1.5, 'NaN', 'Infinity', -2] }],
    [
      'whole.npy',
      { kind: 'array', dtype: '<i8', shape: [500], head: expect.arrayContaining([0, '36028797018963968']) },
    ],
  ])('shows shape, type and first values of %s', async (name, expected) => {
    expect(await previewOf(fixture(name), mediaTypes.npy, { kind: 'array' })).toEqual(expected)
  })

  it('lists the arrays of an archive and the parts of a composite', async () => {
    expect(await previewOf(fixture('entries.npz'), mediaTypes.npz, { kind: 'entries' })).toEqual({
      kind: 'entries',
      entries: [
        { name: 'first', mediaType: mediaTypes.npy, sizeBytes: 152 },
        { name: 'second', mediaType: mediaTypes.npy, sizeBytes: 160 },
      ],
    })
    const part = { name: 'notes/a.txt', descriptor: await at.store.putBytes('inside', mediaTypes.text) }
    const folder = {
      ...plain,
      kind: 'folder',
      parts: [part],
      descriptor: await at.store.putBytes('{}', mediaTypes.tree),
    } as const
    expect(await preview(folder)).toEqual({
      kind: 'entries',
      entries: [{ name: 'notes/a.txt', mediaType: mediaTypes.text, sizeBytes: 6 }],
    })
    expect(await at.runs.preview('latest:it/notes/a.txt')).toEqual({ kind: 'text', text: 'inside', truncated: false })
    expect(at.runs.findArtifact(part.descriptor.digest)).toMatchObject({
      name: 'it/notes/a.txt',
      descriptor: part.descriptor,
    })
  })

  it('shows a figure as its picture, whatever other forms it has', async () => {
    const forms = [
      { name: 'svg', descriptor: await at.store.putBytes('<svg/>', mediaTypes.svg) },
      { name: 'png', descriptor: await at.store.putBytes(Buffer.from([0x89, 0x50]), mediaTypes.png) },
    ]
    const figure = {
      ...plain,
      kind: 'figure',
      parts: forms,
      descriptor: await at.store.putBytes('{}', mediaTypes.tree),
    } as const
    expect(await preview(figure)).toEqual({ kind: 'image', mediaType: 'image/png', base64: 'iVA=' })
    expect(await previewOf('<svg/>', mediaTypes.svg, { kind: 'figure' })).toMatchObject({
      kind: 'image',
      mediaType: 'image/svg+xml',
    })
    expect(await previewOf('{"data":[]}', mediaTypes.plotly, { kind: 'figure' })).toEqual({
      kind: 'json',
      value: { data: [] },
      truncated: false,
    })
  })

  it('shows values and text, cut where they go on for too long', async () => {
    expect(await previewOf('{"accuracy":0.9}', mediaTypes.json, { kind: 'json' })).toEqual({
      kind: 'json',
      value: { accuracy: 0.9 },
      truncated: false,
    })
    const long = await previewOf(JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ i }))), mediaTypes.json)
    expect(long).toMatchObject({ kind: 'json', truncated: true })
    expect(JSON.stringify(long).length).toBeLessThan(100_000)
    const text = await previewOf('ü'.repeat(300_000), mediaTypes.text)
    expect(text).toMatchObject({ kind: 'text', truncated: true })
    expect(await previewOf('not json at all', mediaTypes.json)).toEqual({
      kind: 'text',
      text: 'not json at all',
      truncated: false,
    })
  })

  it('shows rows that prove a model with its answers beside them, also those of earlier releases', async () => {
    const rows = {
      rows: 2,
      origin: 'called',
      inputs: { age: [1, null] },
      outputs: {
        predict: ['a', 'b'],
        predict_proba: [
          [0.1, 0.9],
          [0.8, 0.2],
        ],
      },
    }
    const shown = {
      kind: 'table',
      columns: [
        { name: 'age', type: 'number' },
        { name: '→ predict', type: 'string' },
        { name: '→ predict_proba', type: 'list' },
      ],
      rows: [
        [1, 'a', [0.1, 0.9]],
        [null, 'b', [0.8, 0.2]],
      ],
      totalRows: 2,
    } as const
    const kind = { kind: 'predictions' } as const
    expect(await previewOf(JSON.stringify(rows), mediaTypes.oldPredictions, kind)).toEqual(shown)
    const archive = predictionsFile({ ...rows, outputs: { ...rows.outputs, predict_proba: { npy: '0.npy' } } }, [
      { type: '<f8', shape: '(2, 2)', bytes: new Uint8Array(new Float64Array([0.1, 0.9, 0.8, 0.2]).buffer) },
    ])
    expect(await previewOf(archive, mediaTypes.predictions, kind)).toEqual(shown)
    const whole = predictionsFile({ ...rows, inputs: { age: { npy: '0.npy' } }, outputs: {} }, [
      { type: '<i8', shape: '(2,)', bytes: new Uint8Array(new BigInt64Array([2n ** 60n, 3n]).buffer) },
    ])
    const rounded = await previewOf(whole, mediaTypes.predictions, kind)
    expect(rounded).toMatchObject({ rows: [['1152921504606846976'], [3]] })
  })

  it('b28-says of a pickle what was noted when it was made, and never opens it', async () => {
    const pickle = { kind: 'pickle', runsCodeWhenLoaded: true, pythonType: 'evil.Thing' } as const
    expect(await previewOf('cos\nsystem\n', mediaTypes.pickle, { ...pickle, summary: { repr: 'Thing(1)' } })).toEqual({
      kind: 'text',
      text: 'Thing(1)',
      truncated: false,
    })
    expect(await previewOf('cos\nsystem\n', mediaTypes.pickle, pickle)).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('evil.Thing'),
    })
    expect(await previewOf('{}', mediaTypes.tree, { kind: 'model', summary: { type: 'LogisticRegression' } })).toEqual({
      kind: 'model',
      summary: { type: 'LogisticRegression' },
    })
  })

  it('refuses bytes that are hurt, also for a part of them', async () => {
    const descriptor = await at.store.putBytes('x'.repeat(1000), mediaTypes.text)
    const { runId, stepRunIds } = at.startRun(['make'])
    await at.doStep(stepRunIds.make!, { step: 'make', gives: [{ ...plain, descriptor }] })
    const { chmodSync, writeFileSync } = await import('node:fs')
    chmodSync(at.store.pathOf(descriptor.digest), 0o644)
    writeFileSync(at.store.pathOf(descriptor.digest), `y${'x'.repeat(999)}`)
    const hurt = { code: 'store/blobHurt' }
    await expect(at.runs.preview(`${runId}:it`)).rejects.toMatchObject(hurt)
    await expect(at.runs.read(descriptor.digest, 500, 10)).rejects.toMatchObject(hurt)
  })
})

describe('reading bytes', () => {
  it('gives a bounded part with the whole size', async () => {
    const { digest } = await at.store.putBytes('0123456789', mediaTypes.text)
    const { base64, sizeBytes } = await at.runs.read(digest, 2, 3)
    expect([Buffer.from(base64, 'base64').toString(), sizeBytes]).toEqual(['234', 10])
    await expect(at.runs.read('sha256:12', 0, 1)).rejects.toMatchObject({ code: 'tracking/artifactNotFound' })
  })

  it.each([
    ['nothing:model', 'tracking/runNotFound'],
    ['latest:nothing', 'tracking/artifactNotFound'],
    ['latest:it/nothing', 'tracking/artifactNotFound'],
    ['model', 'tracking/artifactNotFound'],
    [`sha256:${'0'.repeat(64)}`, 'tracking/artifactNotFound'],
    ['../../etc/passwd', 'tracking/artifactNotFound'],
  ])('refuses %s by name', async (reference, code) => {
    await preview({ ...plain, descriptor: await at.store.putBytes('x', mediaTypes.text) })
    expect(() => at.runs.findArtifact(reference)).toThrow(expect.objectContaining({ code }))
  })
})
