import { describe, expect, it } from 'vitest'
import { appendLog, noLog, toLogLines, visibleLines } from '../../../renderer/live/log-lines.ts'

const chunk = (text: string, step = 'train', stream: 'stdout' | 'stderr' = 'stdout') => ({ step, stream, text })
const texts = (log: typeof noLog) => visibleLines(log).map((line) => line.text)

describe('the log of a run', () => {
  it('joins lines that arrive in pieces', () => {
    const log = appendLog(appendLog(noLog, [chunk('epo')]), [chunk('ch 1\nepoch'), chunk(' 2\n')])
    expect(texts(log)).toEqual(['epoch 1', 'epoch 2'])
  })

  it('shows a line before it has ended', () => {
    expect(texts(appendLog(noLog, [chunk('waiting')]))).toEqual(['waiting'])
  })

  it('keeps the streams and steps that speak at once apart', () => {
    const log = appendLog(noLog, [
      chunk('a', 'one'),
      chunk('b', 'two'),
      chunk('!', 'one', 'stderr'),
      chunk('A\n', 'one'),
    ])
    expect(visibleLines(log).map(({ step, stream, text }) => [step, stream, text])).toEqual([
      ['one', 'stdout', 'aA'],
      ['two', 'stdout', 'b'],
      ['one', 'stderr', '!'],
    ])
  })

  it('lets a progress bar write over its line', () => {
    expect(texts(appendLog(noLog, [chunk('10%\r50%\r100%\nnext\r\n')]))).toEqual(['100%', 'next'])
  })

  it('drops its oldest lines beyond the limit and counts them', () => {
    const log = appendLog(noLog, [chunk(Array.from({ length: 100 }, (_, n) => `line ${n}\n`).join(''))], 70)
    expect(log.dropped).toBeGreaterThan(80)
    expect(log.lines.at(-1)?.text).toBe('line 99')
    expect(log.lines[0]?.number).toBe(log.dropped + 1)
    expect(log.bytes).toBeLessThanOrEqual(70)
  })

  it('cuts a line without end instead of holding all of it', () => {
    const log = appendLog(noLog, [chunk('x'.repeat(1_000_000))])
    expect(texts(log)[0]?.length).toBeLessThanOrEqual(20_000)
    expect(toLogLines('x'.repeat(1_000_000), '')[0]?.text).toMatch(/^x{20000} … \(1000000 characters\)$/)
  })

  it('shows what is no text as that, and keeps colours and tabs', () => {
    const shown = '\u001b[31mred\u001b[0m\ta\ufffdb\ufffd\ufffd'
    expect(toLogLines('\u001b[31mred\u001b[0m\ta\u0000b\u0007\u007f', '')[0]?.text).toBe(shown)
    expect(texts(appendLog(noLog, [chunk('\u001b[31mred\u001b[0m\ta\u0000b\u0007\u007f\n')]))).toEqual([shown])
  })

  it('reads a kept log as lines', () => {
    expect(toLogLines('a\nb\n', 'train').map((line) => line.text)).toEqual(['a', 'b'])
    expect(toLogLines('', 'train')).toEqual([])
  })
})
