import { describe, expect, it } from 'vitest'
import { createFrameReader, encodeFrame } from '../../../core/execution/frames.ts'
import { parseMetricFrame } from '../../../core/execution/metric-frame.ts'
import { parseStepMessage } from '../../../core/execution/parse-step-message.ts'

type Row = readonly [place: number, value: number, iteration: number, seconds: number]

/** As step-protocol.ts describes it. */
function pack(keys: unknown, rows: readonly Row[], change: (body: Buffer) => Buffer = (body) => body): Buffer {
  const table = Buffer.from(JSON.stringify(keys), 'latin1')
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt32LE(rows.length, 4)
  head.writeUInt32LE(table.length, 8)
  const column = (at: number) => new Uint8Array(Float64Array.from(rows, (row) => row[at] as number).buffer)
  const places = new Uint8Array(Uint32Array.from(rows, ([place]) => place).buffer)
  return change(Buffer.concat([head, table, places, column(1), column(2), column(3)]))
}

function frame(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}

const rows: readonly Row[] = [
  [1, Number.NaN, 3, 1.5],
  [0, -0, Number.NaN, 2],
  [1, Infinity, -4, 2.0019],
]

describe('packed metrics', () => {
  it('arrive key by key among other messages, however the bytes are cut', () => {
    const bytes = Buffer.concat([
      encodeFrame({ event: 'done' }),
      frame(pack(['a', 'b'], rows)),
      encodeFrame({ event: 'done' }),
    ])
    for (const size of [1, 5, 64, bytes.length]) {
      const messages: unknown[] = []
      const read = createFrameReader((message) => messages.push(parseStepMessage(message)))
      for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
      expect(messages).toEqual([
        { event: 'done' },
        {
          event: 'metrics',
          series: [
            {
              key: 'a',
              values: Float64Array.of(-0),
              iterations: Float64Array.of(Number.NaN),
              times: Float64Array.of(2000),
            },
            {
              key: 'b',
              values: Float64Array.of(Number.NaN, Infinity),
              iterations: Float64Array.of(3, -4),
              times: Float64Array.of(1500, 2001),
            },
          ],
        },
        { event: 'done' },
      ])
    }
  })

  it('are read as they were packed for any number of keys and points', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return seed % below
    }
    for (let round = 0; round < 60; round++) {
      const keys = Array.from({ length: 1 + random(9) }, (_, index) => `key ${index}`)
      const some = Array.from(
        { length: random(300) },
        (): Row => [random(keys.length), random(1e9) / 7, random(99), random(1e9)],
      )
      const { series } = parseMetricFrame(pack(keys, some))
      const found = series.flatMap((one) =>
        Array.from(one.values, (value, at) => [one.key, value, one.iterations[at], one.times[at]]),
      )
      const wanted = keys.flatMap((key, place) =>
        some
          .filter((row) => row[0] === place)
          .map(([, value, iteration, seconds]) => [key, value, iteration, seconds * 1000]),
      )
      expect(found).toEqual(wanted)
    }
  })

  it.each([
    ['a body that ends early', () => pack(['a', 'b'], rows, (body) => body.subarray(0, -1))],
    ['a body that goes on', () => pack(['a', 'b'], rows, (body) => Buffer.concat([body, Buffer.alloc(8)]))],
    ['a head that is cut', () => Buffer.from([1, 0, 0])],
    ['a count of points that is too large', () => pack(['a', 'b'], rows, (body) => body.fill(0xff, 4, 8))],
    ['a place beyond the table', () => pack(['a'], rows)],
    ['a table that is no JSON', () => pack(['a', 'b'], rows, (body) => body.fill(0x7b, 12, 14))],
    ['a table that is no list', () => pack({ a: 1 }, [])],
    ['a key that is no text', () => pack(['a', 5], rows)],
    ['an empty key', () => pack(['a', ''], rows)],
    ['a key without end', () => pack(['a', 'x'.repeat(4_097)], rows)],
    ['a broken iteration', () => pack(['a'], [[0, 1, 0.5, 1]])],
    ['an iteration beyond 53 bits', () => pack(['a'], [[0, 1, 2 ** 53, 1]])],
    ['a time that no date has', () => pack(['a'], [[0, 1, 1, Number.NaN]])],
  ])('are refused with %s', (_, make) => {
    const read = createFrameReader(() => undefined)
    expect(() => read(frame(make()))).toThrow(/metrics|JSON/)
  })

  it('cannot be imitated by JSON', () => {
    const imitation = { event: 'metrics', series: [{ key: 'a', values: [1], iterations: [1], times: [1] }] }
    expect(() => parseStepMessage(imitation)).toThrow('event')
  })
})
