import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltModel, builtModel } from '../../builders/built-models.ts'
import { get, post, type RunningServer, startServer } from '../../builders/running-server.ts'

let server: RunningServer
let regressor: RunningServer
let whole: RunningServer
let model: BuiltModel
beforeAll(async () => {
  model = await builtModel('flowers')
  ;[server, regressor, whole] = await Promise.all([
    startServer('flowers'),
    startServer('regressor'),
    startServer('whole'),
  ])
})
afterAll(() => Promise.all([server.stop(), regressor.stop(), whole.stop()]))

const inputs = [
  { name: 'petal length', shape: [2, 1], datatype: 'FP64', data: [1.4, 4.7] },
  { name: 'épaisseur', shape: [2], datatype: 'FP32', data: [3.1, 2.9] },
  { name: 'leaves', shape: [2, 1], datatype: 'INT64', data: [[3], [4]] },
  { name: 'wild', shape: [2, 1], datatype: 'BOOL', data: [true, false] },
  { name: 'soil', shape: [2, 1], datatype: 'BYTES', data: ['clay', 'sand'] },
]
const inferUrl = () => `${server.url}/v2/models/flowers/infer`

describe('metadata and health', () => {
  it('names the server and its extensions', async () => {
    expect((await get(`${server.url}/v2`)).body).toEqual({
      name: 'slipway',
      version: expect.any(String),
      extensions: ['binary_tensor_data'],
    })
  })

  it.each([
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { ready: true }],
    ['/v2/models', { models: ['flowers'] }],
    ['/v2/models/flowers/ready', { name: 'flowers', ready: true }],
    ['/v2/models/flowers/versions/3/ready', { name: 'flowers', ready: true }],
    ['/healthz', { status: 'alive' }],
    ['/readyz', { status: 'ready' }],
  ])('GET %s', async (path, body) => {
    expect(await get(`${server.url}${path}`)).toMatchObject({ status: 200, body })
  })

  it.each(['/v2/models/flowers', '/v2/models/flowers/versions/3'])('describes the model at %s', async (path) => {
    const { body } = await get(`${server.url}${path}`)
    expect(body).toMatchObject({ name: 'flowers', versions: ['3'], platform: 'onnx_onnxv1' })
    expect((body as { inputs: unknown[] }).inputs).toEqual(
      model.signature.inputs.map(({ name, type }) => ({ name, datatype: type, shape: [-1, 1] })),
    )
    expect((body as { outputs: unknown[] }).outputs).toEqual([
      { name: 'predict', datatype: 'BYTES', shape: [-1] },
      { name: 'predict_proba', datatype: 'FP32', shape: [-1, 3] },
    ])
  })
})

describe('infer in JSON', () => {
  it('answers flat data with shapes, the id, and the version', async () => {
    const { status, body } = await post(inferUrl(), { id: 'a1', inputs })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      model_name: 'flowers',
      model_version: '3',
      id: 'a1',
      outputs: [
        { name: 'predict', shape: [2], datatype: 'BYTES', data: ['setosa', 'versicolor'] },
        { name: 'predict_proba', shape: [2, 3], datatype: 'FP32' },
      ],
    })
    expect(body.outputs[1].data).toHaveLength(6)
  })

  it('gives just the outputs asked for, at the versioned path, for compressed bodies without a Content-Type', async () => {
    const body = gzipSync(JSON.stringify({ inputs, outputs: [{ name: 'predict' }] }))
    const answer = await post(`${server.url}/v2/models/flowers/versions/3/infer`, body, { 'Content-Encoding': 'gzip' })
    expect(answer.status).toBe(200)
    expect(answer.body.outputs.map((output: { name: string }) => output.name)).toEqual(['predict'])
  })

  const change = (index: number, part: object) =>
    inputs.map((input, i) => (i === index ? { ...input, ...part } : input))
  it.each<[string, unknown, number]>([
    ['broken JSON', '{"inputs": [', 400],
    ['no object', '[]', 400],
    ['no inputs', {}, 400],
    ['a missing input', { inputs: inputs.slice(1) }, 400],
    ['an unknown input', { inputs: [...inputs, { name: 'x', shape: [2], datatype: 'FP32', data: [1, 2] }] }, 400],
    ['an input twice', { inputs: [...inputs, inputs[0]] }, 400],
    ['a wrong datatype', { inputs: change(2, { datatype: 'FP32' }) }, 400],
    ['an invented datatype', { inputs: change(2, { datatype: 'COMPLEX' }) }, 400],
    ['a wrong shape', { inputs: change(0, { shape: [2, 2] }) }, 400],
    ['a negative shape', { inputs: change(0, { shape: [-2, 1] }) }, 400],
    ['too few values', { inputs: change(0, { data: [1] }) }, 400],
    ['data that is no list', { inputs: change(0, { data: 'x' }) }, 400],
    ['an unknown output', { inputs, outputs: [{ name: 'y' }] }, 400],
    ['a value of the wrong type', { inputs: change(2, { data: ['3', 4] }) }, 422],
    ['an id that is no text', { id: 5, inputs }, 400],
  ])('%s is refused in the form of the protocol', async (_, body, status) => {
    const refused = await post(inferUrl(), body, {})
    expect(refused.status).toBe(status)
    expect(refused.body.error).toEqual(expect.any(String))
    expect((await post(inferUrl(), { inputs })).status).toBe(200)
  })

  it('an unknown model or version is 404', async () => {
    expect((await post(`${server.url}/v2/models/nope/infer`, { inputs })).status).toBe(404)
    expect((await post(`${server.url}/v2/models/flowers/versions/9/infer`, { inputs })).status).toBe(404)
    expect((await get(`${server.url}/v2/models/nope`)).status).toBe(404)
  })

  it('b29-a-pickle-content-type is 415', async () => {
    expect((await post(inferUrl(), 'x', { 'Content-Type': 'application/vnd.python.pickle' })).status).toBe(415)
  })
})

describe('infer with binary tensors', () => {
  const values = Float32Array.from([0.5, -1, 2, 0, 1, 1, 1, 1])
  const raw = Buffer.from(values.buffer)
  const send = (head: object, bytes: Uint8Array, headerLength?: number) => {
    const json = Buffer.from(JSON.stringify(head))
    return fetch(`${regressor.url}/v2/models/flowers/infer`, {
      method: 'POST',
      body: Buffer.concat([json, bytes]),
      headers: { 'Inference-Header-Content-Length': String(headerLength ?? json.length) },
    })
  }
  const input = { name: 'X', shape: [2, 4], datatype: 'FP32', parameters: { binary_data_size: 32 } }

  it('takes raw inputs and answers raw outputs equal to the JSON ones', async () => {
    const binary = await send({ inputs: [input], parameters: { binary_data_output: true } }, raw)
    expect(binary.status).toBe(200)
    const bytes = Buffer.from(await binary.arrayBuffer())
    const headLength = Number(binary.headers.get('inference-header-content-length'))
    const head = JSON.parse(bytes.subarray(0, headLength).toString())
    expect(head.outputs).toEqual([
      { name: 'predict', shape: [2], datatype: 'FP32', parameters: { binary_data_size: 8 } },
    ])
    const found = [bytes.readFloatLE(headLength), bytes.readFloatLE(headLength + 4)]
    const json = await post(`${regressor.url}/v2/models/flowers/infer`, {
      inputs: [{ name: 'X', shape: [2, 4], datatype: 'FP32', data: [...values] }],
    })
    expect(found).toEqual(json.body.outputs[0].data)
  })

  it('mixes one raw output into a JSON answer', async () => {
    const answer = await send(
      { inputs: [input], outputs: [{ name: 'predict', parameters: { binary_data: false } }] },
      raw,
    )
    expect(((await answer.json()) as { outputs: { data: number[] }[] }).outputs[0]?.data).toHaveLength(2)
  })

  it.each<[string, object, Uint8Array, number?]>([
    ['fewer bytes than announced', { inputs: [input] }, raw.subarray(0, 8)],
    ['more bytes than announced', { inputs: [input] }, Buffer.concat([raw, raw])],
    [
      'a size that is not the shape',
      { inputs: [{ ...input, parameters: { binary_data_size: 16 } }] },
      raw.subarray(0, 16),
    ],
    ['a header longer than the body', { inputs: [input] }, raw, 1_000_000],
    ['a size that is no size', { inputs: [{ ...input, parameters: { binary_data_size: -4 } }] }, raw],
    ['both data and bytes', { inputs: [{ ...input, data: [...values] }] }, raw],
  ])('%s is 400', async (_, head, bytes, length) => {
    const refused = await send(head, bytes, length)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toEqual(expect.objectContaining({ error: expect.any(String) }))
  })
})

it('keeps 64-bit numbers exact in JSON tensors', async () => {
  const body = '{"inputs":[{"name":"n","shape":[1],"datatype":"INT64","data":[9007199254740993]}]}'
  const response = await fetch(`${whole.url}/v2/models/flowers/infer`, { method: 'POST', body })
  expect(await response.text()).toContain('"data":[9007199254740993]')
})
