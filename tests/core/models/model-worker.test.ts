import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { comparePredictions } from '../../../core/domain/compare-predictions.ts'
import { createModelWorker } from '../../../core/models/run-model-worker.ts'
import { type BuiltModelName, builtModel } from '../../builders/built-models.ts'
import { onnxModel, tensor } from '../../builders/onnx-bytes.ts'
import { temporaryFile } from '../../builders/temporary-file.ts'

const entryFile = resolve(import.meta.dirname, '../../../core/models/model-worker.ts')
const worker = createModelWorker({ entryFile, nodePath: process.execPath })

async function prove(name: BuiltModelName) {
  const { onnxFile, signature, predictions } = await builtModel(name)
  const actual = await worker.predict(onnxFile, signature, predictions.inputs)
  return comparePredictions({ level: 'model', recorded: predictions, signature, actual, at: '2026-01-01T00:00:00Z' })
}

describe('the model worker on real exports', () => {
  it.each<[BuiltModelName, string]>([
    ['flowers', 'text labels from float, int, bool and text columns, some of them missing'],
    ['strict', 'whole-number labels of a tree'],
    ['boolean', 'labels true and false'],
    ['regressor', 'numbers from one tensor'],
    ['transformer', 'vectors from one tensor'],
    ['whole', '64-bit numbers to the last digit'],
    ['odd', 'NaN and infinities'],
  ])('%s equals its native model: %s', async (name) => {
    const parity = await prove(name)
    expect(parity).toMatchObject({ state: 'passed', differences: 0, first: null })
    expect(parity.rows).toBeGreaterThan(4)
  })

  it('finds that scaled histogram gradient boosting is not equal, and where', async () => {
    const parity = await prove('drifting')
    expect(parity.state).toBe('failed')
    expect(parity.differences).toBeGreaterThan(0)
    expect(parity.maxDifference).toBeGreaterThan(0.001)
    expect(parity.first).toMatchObject({ row: expect.any(Number), column: expect.stringMatching(/^predict/) })
    expect(parity.first?.expected).not.toEqual(parity.first?.actual)
  })

  it('reads names, types and shapes from the file', async () => {
    const { onnxFile } = await builtModel('flowers')
    const file = await worker.inspect(onnxFile)
    expect(file.inputs).toEqual([
      { name: 'in_0', type: 'FP32', shape: [-1, 1] },
      { name: 'in_1', type: 'FP32', shape: [-1, 1] },
      { name: 'in_2', type: 'INT64', shape: [-1, 1] },
      { name: 'in_3', type: 'FP32', shape: [-1, 1] },
      { name: 'in_4', type: 'BYTES', shape: [-1, 1] },
    ])
    expect(file.outputs.map((output) => output.type)).toEqual(['BYTES', 'FP32'])
    expect(file.producer).toBe('skl2onnx')
  })
})

describe('the model worker on bad files', () => {
  it.each([
    ['b33-an-empty-file', new Uint8Array(), /it is empty/],
    ['b29-a-pickle-named-onnx', Uint8Array.from([0x80, 4, 0x95, 1, 2]), /Python pickle/],
    ['b29-json-named-onnx', Buffer.from('{"a": 1}'), /it is text/],
    ['b33-a-custom-operator', onnxModel({ domain: 'evil.lib', operator: 'Run' }), /evil\.lib.*library/],
    [
      'b30-weights-in-another-file',
      onnxModel({
        initializers: [tensor({ name: 'w', type: 1, dims: [4], external: { location: '../../../etc/passwd' } })],
      }),
      /another file \(location = \.\.\/\.\.\/\.\.\/etc\/passwd\)/,
    ],
    [
      'b31-a-petabyte-elsewhere',
      onnxModel({ initializers: [tensor({ name: 'w', type: 1, dims: [4], external: { length: String(10 ** 15) } })] }),
      /another file/,
    ],
    [
      'b32-an-initializer-of-300-GB',
      onnxModel({ initializers: [tensor({ name: 'w', type: 1, dims: [75_000_000_000], raw: new Uint8Array(16) })] }),
      /claims 75000000000 values/,
    ],
  ])('%s is refused before the runtime sees it', async (_, bytes, reason) => {
    const file = temporaryFile(bytes)
    await expect(worker.inspect(file)).rejects.toMatchObject({
      code: 'models/onnxRefused',
      message: expect.stringMatching(reason),
    })
  })

  it('b33-truncated and flipped files give a typed failure each', async () => {
    const { onnxFile } = await builtModel('boolean')
    const whole = readFileSync(onnxFile)
    const cuts = [1, 100, Math.floor(whole.length / 2), whole.length - 1].map((length) => whole.subarray(0, length))
    const flipped = Buffer.from(whole)
    for (let at = 40; at < flipped.length; at += 97) flipped[at] = (flipped[at] as number) ^ 0x55
    for (const bytes of [...cuts, flipped])
      await expect(worker.inspect(temporaryFile(bytes))).rejects.toMatchObject({
        code: expect.stringMatching(/^models\//),
      })
    await expect(worker.inspect(onnxFile)).resolves.toMatchObject({ irVersion: expect.any(Number) })
  })

  it('b32-a-worker-that-crashes costs only itself', async () => {
    const crashing = createModelWorker({
      entryFile: temporaryFile('process.kill(process.pid, "SIGSEGV")', 'crash.mjs'),
      nodePath: process.execPath,
    })
    await expect(crashing.inspect('/nowhere')).rejects.toMatchObject({
      code: 'models/runtimeCrashed',
      details: { how: 'SIGSEGV' },
    })
  })

  it('b32-a-model-that-grows-without-end meets the memory cap', async () => {
    const { onnxFile, signature } = await builtModel('regressor')
    const small = createModelWorker({ entryFile, nodePath: process.execPath, memoryBytes: 30 * 1024 * 1024 })
    const inputs = { X: Array.from({ length: 200_000 }, () => [0, 0, 0, 0]) }
    await expect(small.predict(onnxFile, signature, inputs)).rejects.toMatchObject({ code: 'models/runtimeTooBig' })
  })

  it('b33-a-model-that-never-ends meets the time limit', async () => {
    const { onnxFile, signature } = await builtModel('regressor')
    const hasty = createModelWorker({ entryFile, nodePath: process.execPath, timeoutMs: 40 })
    await expect(hasty.predict(onnxFile, signature, { X: [[0, 0, 0, 0]] })).rejects.toMatchObject({
      code: 'models/runtimeTooSlow',
    })
  })

  it('a signature that does not fit the graph is refused by name', async () => {
    const { onnxFile, signature } = await builtModel('regressor')
    const other = { ...signature, inputs: signature.inputs.map((input) => ({ ...input, graphName: 'Y' })) }
    await expect(worker.predict(onnxFile, other, { X: [[0, 0, 0, 0]] })).rejects.toMatchObject({
      code: 'models/onnxRefused',
      message: expect.stringContaining('"Y"'),
    })
  })
})
