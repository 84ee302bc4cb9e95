import { describe, expect, it } from 'vitest'
import { type BatchQueueOptions, createBatchQueue } from '../../../core/serving/batch-queue.ts'
import { parseCsv } from '../../../core/serving/csv.ts'
import { readLimits } from '../../../core/serving/limits.ts'
import { fromHalfBits, toHalfBits } from '../../../core/serving/pack-values.ts'
import type { Batch } from '../../../core/serving/predictor.ts'

describe('CSV', () => {
  it.each<[string, string, unknown]>([
    [
      'plain',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'CRLF and no last end',
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['quotes, commas, line ends and doubled quotes', '"a,1","b\n2","c""d"\n', [['a,1', 'b\n2', 'c"d']]],
    [
      'nothing apart from an empty text',
      'a,,""\n,\n',
      [
        ['a', null, ''],
        [null, null],
      ],
    ],
    ['a byte order mark', '\ufeffa\n', [['a']]],
    ['nothing', '', []],
    ['a last comma without an end', 'a,', [['a', null]]],
  ])('%s', (_, text, rows) => {
    expect(parseCsv(text)).toEqual(rows)
  })

  it.each(['"a', '"a"b,c\n'])('refuses %j', (text) => {
    expect(() => parseCsv(text)).toThrow(expect.objectContaining({ status: 400 }))
  })
})

describe('half floats', () => {
  it.each([
    [0, 0],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 1],
    [2 ** -14, 0x0400],
    [2047 / 1024, 0x3fff],
    [1 + 1 / 2048, 0x3c00],
    [1 + 3 / 2048, 0x3c02],
    [2 - 2 ** -12, 0x4000],
    [Number.POSITIVE_INFINITY, 0x7c00],
  ])('%d is %i', (value, bits) => {
    expect(toHalfBits(value)).toBe(bits)
  })

  it('goes there and back for every pattern', () => {
    for (let bits = 0; bits < 65_536; bits += 1) {
      const value = fromHalfBits(bits)
      if (!Number.isNaN(value)) expect(toHalfBits(value)).toBe(bits)
    }
    expect(fromHalfBits(toHalfBits(Number.NaN))).toBeNaN()
  })
})

describe('limits', () => {
  it('are read from variables of their names', () => {
    expect(readLimits({ SLIPWAY_MAX_BODY_BYTES: '7' })).toMatchObject({ maxBodyBytes: 7, maxRows: 100_000 })
    expect(() => readLimits({ SLIPWAY_THREADS: '-1' })).toThrow(/SLIPWAY_THREADS/)
  })
})

describe('the batch queue', () => {
  const rowsOf = (...values: number[]): Batch => ({
    rows: values.length,
    tensors: [{ type: 'FP64', shape: [values.length, 1], data: Float64Array.from(values) }],
  })
  const double = async ({ tensors }: Batch) => [
    { ...tensors[0]!, data: (tensors[0]!.data as Float64Array).map((value) => value * 2) },
  ]
  const open = (options: Partial<BatchQueueOptions> = {}) => {
    const batches: number[] = []
    const queue = createBatchQueue({
      run: double,
      maxBatchRows: 4,
      maxWaitingRows: 100,
      maxWaitMs: 1000,
      now: () => 0,
      onBatch: (rows) => batches.push(rows),
      ...options,
    })
    const ask = async (...values: number[]) => [...((await queue.submit(rowsOf(...values)))[0]!.data as Float64Array)]
    return { queue, ask, batches }
  }

  it('runs together what came in one turn, and gives each its own rows', async () => {
    const { ask, batches } = open()
    expect(await Promise.all([ask(1), ask(2, 3), ask(4), ask(5)])).toEqual([[2], [4, 6], [8], [10]])
    expect(batches).toEqual([4, 1])
  })

  it('runs a large request in parts', async () => {
    const { ask } = open()
    expect(await ask(1, 2, 3, 4, 5, 6, 7, 8, 9)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18])
  })

  it('fails only the request whose rows fail', async () => {
    const run = (batch: Batch) =>
      (batch.tensors[0]!.data as Float64Array).includes(13) ? Promise.reject(new Error('13')) : double(batch)
    const { ask } = open({ run })
    const answers = await Promise.allSettled([ask(1), ask(13), ask(2)])
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('sheds what does not fit and what waited too long, with 503', async () => {
    const { ask } = open({ maxWaitingRows: 3 })
    const answers = await Promise.allSettled([ask(1, 2), ask(3), ask(4)])
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(answers[2]).toMatchObject({ reason: { status: 503, headers: { 'Retry-After': '1' } } })
    let time = 0
    const late = open({ now: () => (time += 700) })
    await expect(Promise.all([late.ask(1), late.ask(2)])).rejects.toMatchObject({ status: 503 })
  })

  it('refuses a model that does not answer per row', async () => {
    const { ask } = open({ run: async () => [{ type: 'FP64', shape: [1], data: Float64Array.of(1) }] })
    await expect(ask(1, 2)).rejects.toThrow('answered 1 rows for 2')
  })
})
