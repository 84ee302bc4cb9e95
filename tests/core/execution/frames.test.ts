import { describe, expect, it } from 'vitest'
import { createFrameReader, encodeFrame } from '../../../core/execution/frames.ts'

describe('frames', () => {
  it('gives whole messages however the bytes are cut', () => {
    const messages = [{ event: 'done' }, { text: 'žluťoučký 🐎' }, { long: 'x'.repeat(100_000) }, {}]
    const bytes = Buffer.concat(messages.map(encodeFrame))
    for (const size of [1, 3, 4, 7, 1000, bytes.length]) {
      const read: unknown[] = []
      const take = createFrameReader((message) => read.push(message))
      for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size))
      expect(read).toEqual(messages)
    }
  })

  it('refuses a length that no message has, before it keeps anything', () => {
    const take = createFrameReader(() => undefined)
    expect(() => take(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toThrow('4294967295')
  })

  it('refuses a body that is not JSON', () => {
    const take = createFrameReader(() => undefined)
    expect(() => take(Buffer.from([0, 0, 0, 2, 0x7b, 0x7b]))).toThrow(SyntaxError)
  })
})
