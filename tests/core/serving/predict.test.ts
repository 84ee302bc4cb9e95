import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparePredictions } from '../../../core/domain/compare-predictions.ts'
import { type BuiltModel, type BuiltModelName, builtModel } from '../../builders/built-models.ts'
import { get, post, type RunningServer, startServer } from '../../builders/running-server.ts'

const servers = new Map<BuiltModelName, RunningServer>()
const models = new Map<BuiltModelName, BuiltModel>()
const server = (name: BuiltModelName) => servers.get(name) as RunningServer

beforeAll(async () => {
  for (const name of ['flowers', 'strict', 'regressor', 'transformer', 'whole', 'odd', 'boolean'] as const) {
    models.set(name, await builtModel(name))
    servers.set(name, await startServer(name))
  }
})
afterAll(async () => {
  await Promise.all([...servers.values()].map((one) => one.stop()))
})

const row = { 'petal length': 1.4, épaisseur: 3.1, leaves: 3, wild: true, soil: 'clay' }
const predict = (body: unknown, headers?: Record<string, string>) =>
  post(`${server('flowers').url}/predict`, body, headers)

describe('/predict', () => {
  it.each(['flowers', 'strict', 'regressor', 'transformer', 'odd', 'boolean'] as const)(
    'answers every recorded row of %s as the native model did',
    async (name) => {
      const { predictions, signature } = models.get(name) as BuiltModel
      const { status, body } = await post(`${server(name).url}/predict`, { columns: predictions.inputs })
      expect(status).toBe(200)
      const parity = comparePredictions({
        level: 'server',
        recorded: predictions,
        signature,
        actual: body.outputs,
        at: '',
      })
      expect(parity).toMatchObject({ state: 'passed', rows: predictions.rows, first: null })
      expect(body.predictions).toEqual(body.outputs[signature.predictOutput])
    },
  )

  it('takes a list of rows, {"rows"}, {"columns"} and CSV, and answers all alike', async () => {
    const columns = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value]]))
    const csv = 'soil,leaves,épaisseur,"petal length",wild\r\n"clay",3,3.1,1.4,true\r\n'
    const answers = [
      await predict([row]),
      await predict({ rows: [row] }),
      await predict({ columns }),
      await predict(csv, { 'Content-Type': 'text/csv; charset=utf-8' }),
    ]
    for (const { status, body } of answers) {
      expect(status).toBe(200)
      expect(body).toEqual(answers[0]?.body)
    }
    const { model } = server('flowers')
    expect(answers[0]?.body.predictions).toEqual(['setosa'])
    expect(answers[0]?.body.model).toEqual({ name: 'flowers', version: 3, digest: model?.digest })
  })

  it('takes JSON without a Content-Type, compressed bodies, and a row of missing floats', async () => {
    const bytes = Buffer.from(JSON.stringify([{ ...row, 'petal length': null }]))
    const plain = await predict(bytes, {})
    expect(plain.status).toBe(200)
    for (const [encoding, packed] of [
      ['gzip', gzipSync(bytes)],
      ['deflate', deflateSync(bytes)],
      ['deflate', deflateRawSync(bytes)],
    ] as const)
      expect((await predict(packed, { 'Content-Encoding': encoding })).body).toEqual(plain.body)
  })

  it('takes bare values for a model of one tensor', async () => {
    const values = [0.5, -1, 2, 0]
    const bare = await post(`${server('regressor').url}/predict`, [values])
    const named = await post(`${server('regressor').url}/predict`, [{ X: values }])
    const csv = await post(`${server('regressor').url}/predict`, 'a,b,c,d\n0.5,-1,2,0\n', {
      'Content-Type': 'text/csv',
    })
    expect(bare.status).toBe(200)
    expect(named.body).toEqual(bare.body)
    expect(csv.body).toEqual(bare.body)
  })

  it('keeps 64-bit numbers to the last digit, in JSON and in CSV', async () => {
    const digits = '[{"n":9007199254740993},{"n":-9223372036854775808}]'
    const response = await fetch(`${server('whole').url}/predict`, {
      method: 'POST',
      body: digits,
      headers: { 'Content-Type': 'application/json' },
    })
    expect(await response.text()).toContain('"predictions":[9007199254740993,-9223372036854775808]')
    const csv = await fetch(`${server('whole').url}/predict`, {
      method: 'POST',
      body: 'n\n9223372036854775807\n',
      headers: { 'Content-Type': 'text/csv' },
    })
    expect(await csv.text()).toContain('"predictions":[9223372036854775807]')
  })

  it('answers NaN as null and infinities as texts, and takes both', async () => {
    const { body } = await post(`${server('odd').url}/predict`, [{ x: 0 }, { x: -1 }, { x: 'Infinity' }, { x: null }])
    expect(body.predictions).toEqual(['-Infinity', null, 'Infinity', null])
  })

  it('answers labels true and false for a model of booleans', async () => {
    const { body } = await post(`${server('boolean').url}/predict`, [{ épaisseur: 4.4 }, { épaisseur: 2 }])
    expect(body.predictions).toEqual([true, false])
  })
})

describe('b34-bad-values answer 422 with column and row, and the next good row is answered', () => {
  it.each<[string, unknown, { column?: string; row?: number }]>([
    ['a missing column', [row, { ...row, soil: undefined }], { column: 'soil', row: 1 }],
    ['an unknown column', [{ ...row, colour: 'red' }], { column: 'colour', row: 0 }],
    ['a text for a float', [row, row, { ...row, épaisseur: '3.1' }], { column: 'épaisseur', row: 2 }],
    ['a bool for a float', [{ ...row, épaisseur: true }], { column: 'épaisseur', row: 0 }],
    ['a number for a text', [{ ...row, soil: 7 }], { column: 'soil', row: 0 }],
    ['a number for a bool', [{ ...row, wild: 1 }], { column: 'wild', row: 0 }],
    ['a null for a bool', [{ ...row, wild: null }], { column: 'wild', row: 0 }],
    ['a fraction for a whole number', [{ ...row, leaves: 1.5 }], { column: 'leaves', row: 0 }],
    ['a null for a whole number', [{ ...row, leaves: null }], { column: 'leaves', row: 0 }],
    ['a null for a text', [{ ...row, soil: null }], { column: 'soil', row: 0 }],
    [
      'a whole number past 64 bits',
      `[{"petal length":1,"épaisseur":1,"leaves":9223372036854775808,"wild":true,"soil":"clay"}]`,
      { column: 'leaves', row: 0 },
    ],
    ['a float past 32 bits', [{ ...row, épaisseur: 1e300 }], { column: 'épaisseur', row: 0 }],
    ['a list for a float', [{ ...row, épaisseur: [1] }], { column: 'épaisseur', row: 0 }],
    ['an object for a text', [{ ...row, soil: { a: 1 } }], { column: 'soil', row: 0 }],
    ['a row that is no object', [row, 5], { row: 1 }],
    [
      'columns of two lengths',
      { columns: { 'petal length': [1, 2], épaisseur: [1], leaves: [1], wild: [true], soil: ['x'] } },
      { column: 'épaisseur', row: 1 },
    ],
    ['a missing column among columns', { columns: { épaisseur: [1] } }, { column: 'petal length' }],
    ['no row at all', [], {}],
    ['an unknown member', { rows: [row], more: 1 }, {}],
    ['a bare text', '"rows"', {}],
  ])('%s', async (_, body, place) => {
    const refused = await predict(body, { 'Content-Type': 'application/json' })
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({ error: expect.any(String), ...place })
    if (place.column) expect(refused.body.error).toContain(JSON.stringify(place.column))
    expect((await predict([row])).status).toBe(200)
  })

  it('an unknown level that the model refuses, named with those it knows', async () => {
    const url = `${server('strict').url}/predict`
    const refused = await post(url, [
      { soil: 'sand', leaves: 1 },
      { soil: 'sand', leaves: 1 },
      { soil: 'moss', leaves: 1 },
    ])
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({ column: 'soil', row: 2, error: expect.stringMatching(/"moss".*loam, dark/) })
    expect((await post(url, [{ soil: 'sand', leaves: 1 }])).status).toBe(200)
  })

  it('an unknown level that the model takes is answered', async () => {
    expect((await predict([{ ...row, soil: 'moss' }])).status).toBe(200)
  })

  it('a refused row does not spoil the requests that were run with it', async () => {
    const url = `${server('strict').url}/predict`
    const good = { soil: 'sand', leaves: 1 }
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => post(url, [i % 4 === 3 ? { ...good, soil: 'moss' } : good])),
    )
    expect(answers.map((answer) => answer.status)).toEqual(
      Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? 422 : 200)),
    )
  })

  it('a tensor of the wrong width', async () => {
    const refused = await post(`${server('regressor').url}/predict`, [
      [1, 2, 3, 4],
      [1, 2, 3],
    ])
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({ column: 'X', row: 1 })
  })
})

describe('/invocations, as MLflow speaks', () => {
  const names = Object.keys(row)
  it.each<[string, unknown]>([
    ['dataframe_split', { dataframe_split: { columns: names, data: [Object.values(row)], index: [0] } }],
    ['dataframe_records', { dataframe_records: [row] }],
    ['instances', { instances: [row] }],
    ['inputs', { inputs: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value]])) }],
  ])('%s', async (_, body) => {
    expect(await post(`${server('flowers').url}/invocations`, body)).toMatchObject({
      status: 200,
      body: { predictions: ['setosa'] },
    })
  })

  it('CSV, and tensors as instances and inputs', async () => {
    const csv = 'petal length,épaisseur,leaves,wild,soil\n1.4,3.1,3,true,clay\n'
    const table = await post(`${server('flowers').url}/invocations`, csv, { 'Content-Type': 'text/csv' })
    expect(table.body).toEqual({ predictions: ['setosa'] })
    const values = [[0.5, -1, 2, 0]]
    const [instances, inputs] = [
      await post(`${server('regressor').url}/invocations`, { instances: values }),
      await post(`${server('regressor').url}/invocations`, { inputs: values }),
    ]
    expect(instances.status).toBe(200)
    expect(inputs.body).toEqual(instances.body)
  })

  it('refuses a body of none of its forms', async () => {
    expect((await post(`${server('flowers').url}/invocations`, [row])).status).toBe(422)
  })
})

it('/lineage answers what was given at build, with the model', async () => {
  const { body } = await get(`${server('flowers').url}/lineage`)
  expect(body).toEqual({
    model: { name: 'flowers', version: 3, digest: server('flowers').model?.digest },
    lineage: { nodes: [], edges: [] },
  })
})
