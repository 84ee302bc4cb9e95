import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readOnnxFile } from '../../../core/models/onnx-file.ts'
import { signatureFromOnnx } from '../../../core/models/signature-from-onnx.ts'
import { builtModel } from '../../builders/built-models.ts'
import { onnxModel, tensor } from '../../builders/onnx-bytes.ts'

describe('reading an ONNX file without a runtime', () => {
  it('gives versions, inputs and outputs', () => {
    const vector = { type: 'FP32', shape: [-1] }
    expect(readOnnxFile(onnxModel({}))).toMatchObject({
      irVersion: 9,
      opsets: [{ domain: '', version: 18 }],
      inputs: [{ name: 'x', ...vector }],
      outputs: [{ name: 'y', ...vector }],
    })
  })

  it('leaves weights that older files list among the inputs out of what is to be fed', () => {
    const weights = tensor({ name: 'x', type: 1, dims: [2], raw: new Uint8Array(8) })
    expect(readOnnxFile(onnxModel({ initializers: [weights] })).inputs).toEqual([])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['an opset of the future', onnxModel({ opset: 99 }), /opset 99/],
    ['a format of the future', onnxModel({ irVersion: 99 }), /format version is 99/],
    ['b33-subgraphs without end', onnxModel({ subgraphs: 60 }), /nested deeper/],
    [
      'an axis of negative length',
      onnxModel({ initializers: [tensor({ name: 'w', type: 1, dims: [-4] })] }),
      /negative/,
    ],
    [
      'b31-a length key nobody allowed',
      onnxModel({ initializers: [tensor({ name: 'w', type: 1, dims: [1], external: { __class__: 'x' } })] }),
      /another file \(__class__ = x\)/,
    ],
    [
      'b30-weights of a subgraph elsewhere',
      onnxModel({ initializers: [tensor({ name: 'w', type: 1, dims: [0], external: { location: '/etc/passwd' } })] }),
      /another file/,
    ],
    [
      'axes whose product is past all bounds',
      onnxModel({ initializers: [tensor({ name: 'w', type: 1, dims: Array.from({ length: 9 }, () => 2 ** 40) })] }),
      /more values than any file/,
    ],
    ['a zip archive', Buffer.from('PK\u0003\u0004rest'), /zip/],
    ['no graph', Uint8Array.from([8, 9]), /no graph/],
    ['noise', Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]), /./],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => readOnnxFile(bytes)).toThrow(
      expect.objectContaining({ name: 'RangeError', message: expect.stringMatching(reason) }),
    )
  })

  it('takes the operators that the runtime brings, and nested graphs of a usual depth', () => {
    for (const domain of ['', 'ai.onnx.ml', 'com.microsoft']) readOnnxFile(onnxModel({ domain }))
    readOnnxFile(onnxModel({ subgraphs: 5 }))
  })

  it('b33-answers 3000 damaged files with a refusal or a reading, and never with anything else', async () => {
    const whole = readFileSync((await builtModel('flowers')).onnxFile)
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return seed % below
    }
    let refused = 0
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Buffer.from(whole.subarray(0, round % 3 === 0 ? random(whole.length) : whole.length))
      for (let flips = random(8); flips >= 0 && bytes.length > 0; flips -= 1) bytes[random(bytes.length)] = random(256)
      try {
        readOnnxFile(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(500)
  })
})

describe('a signature from a bare graph', () => {
  it('is of columns when every input is one, of a tensor otherwise', async () => {
    const read = async (name: 'flowers' | 'regressor') => readOnnxFile(readFileSync((await builtModel(name)).onnxFile))
    const columns = signatureFromOnnx(await read('flowers'))
    expect(columns?.layout).toBe('columns')
    expect(columns?.inputs.map((input) => input.name)).toEqual(['in_0', 'in_1', 'in_2', 'in_3', 'in_4'])
    expect(signatureFromOnnx(await read('regressor'))).toMatchObject({ layout: 'tensor', inputs: [{ shape: [-1, 4] }] })
  })
})
