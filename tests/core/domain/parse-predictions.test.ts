import { describe, expect, it } from 'vitest'
import { parsePredictions } from '../../../core/domain/parse-predictions.ts'
import { type NpyArray, npyFile, predictionsFile } from '../../builders/predictions-file.ts'

const bytesOf = (values: ArrayBufferView) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
const document = (value: unknown) => ({
  rows: 2,
  origin: 'called',
  inputs: { 'a/ü': value },
  outputs: { predict: [1, 2] },
})
const parsed = (array: NpyArray | Uint8Array) =>
  parsePredictions(predictionsFile(document({ npy: '0.npy' }), [array])).inputs['a/ü']

const kinds: readonly (readonly [type: string, values: ArrayBufferView, wanted: readonly unknown[]])[] = [
  ['|b1', new Uint8Array([0, 1]), [false, true]],
  ['|i1', new Int8Array([-128, 127]), [-128, 127]],
  ['|u1', new Uint8Array([0, 255]), [0, 255]],
  ['<i2', new Int16Array([-32768, 5]), [-32768, 5]],
  ['<u2', new Uint16Array([65535, 5]), [65535, 5]],
  ['<i4', new Int32Array([-(2 ** 31), 5]), [-(2 ** 31), 5]],
  ['<u4', new Uint32Array([2 ** 32 - 1, 5]), [2 ** 32 - 1, 5]],
  ['<i8', new BigInt64Array([-(2n ** 63n), 5n]), [-(2n ** 63n), 5]],
  ['<u8', new BigUint64Array([2n ** 64n - 1n, 2n ** 53n]), [2n ** 64n - 1n, 2n ** 53n]],
  ['<f4', new Float32Array([Math.fround(0.1), -2]), [Math.fround(0.1), -2]],
  ['<f8', new Float64Array([0.1 + 0.2, 5e-324]), [0.1 + 0.2, 5e-324]],
]

describe('a file of recorded predictions', () => {
  it.each(kinds)('gives the numbers of an array of %s as they are', (type, values, wanted) => {
    expect(parsed({ type, shape: '(2,)', bytes: bytesOf(values) })).toEqual(wanted)
  })

  it('gives a list for each dimension', () => {
    const bytes = bytesOf(new Uint8Array([1, 2, 3, 4, 5, 6]))
    expect(parsed({ type: '|u1', shape: '(2, 3)', bytes })).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(parsed({ type: '|u1', shape: '(1, 3, 2)', bytes })).toEqual([
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ])
    expect(parsed({ type: '|u1', shape: '(2, 0)', bytes: new Uint8Array() })).toEqual([[], []])
    expect(parsed({ type: '|u1', shape: '(0,)', bytes: new Uint8Array() })).toEqual([])
  })

  it('is JSON when an earlier release wrote it, and gives the same', () => {
    const old = document([1, null, 'NaN'])
    expect(parsePredictions(Buffer.from(JSON.stringify(old)))).toEqual(old)
    expect(parsePredictions(predictionsFile(old, []))).toEqual(old)
    expect(parsePredictions(Buffer.from('{"rows":1,"inputs":{"a":[9007199254740993]}}')).inputs.a).toEqual([
      9007199254740993n,
    ])
  })

  it('is refused where it is no such file, or says what nobody wrote', () => {
    const bytes = new Uint8Array(8)
    expect(() => parsed({ type: '<f2', shape: '(4,)', bytes })).toThrow(/array of .*<f2/)
    expect(() => parsed({ type: '>f8', shape: '(1,)', bytes })).toThrow(/>f8/)
    expect(() => parsed(npyFile({ type: '|u1', shape: '(2, 4)', bytes }, { order: 'True' }))).toThrow(/order/)
    expect(() => parsePredictions(predictionsFile(document({ npy: '7.npy' }), []))).toThrow('7.npy is missing')
    const packed = Buffer.from(predictionsFile(document([1, 2]), []))
    packed[8] = 8
    expect(() => parsePredictions(packed)).toThrow('compressed')
    expect(() => parsePredictions(Buffer.from('neither'))).toThrow(SyntaxError)
  })
})
