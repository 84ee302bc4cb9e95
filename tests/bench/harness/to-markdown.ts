import { availableParallelism, cpus, release, totalmem } from 'node:os'
import type { Measured } from './measure.ts'
import type { CaseResult } from './run-case.ts'

/** The machine in one line: a figure without it says nothing. */
export function describeMachine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, ${gigabytes} GB, Linux ${release()}, Node ${process.version}`
}

/** One table per case: every round, the median of them, CPU seconds, and how many times Slipway's time it is. */
export function toMarkdown(result: CaseResult): string {
  const { case: one, rows, foreign } = result
  const pieces = one.pieces ?? 1
  const count = rows[0]?.rounds.length ?? 0
  const ours = rows[0]?.rounds ?? []
  const head = [
    '',
    'median',
    '× wall',
    '× CPU',
    'CPU-s',
    ...Array.from({ length: count }, (_, i) => `round ${i + 1}`),
    'version, flags',
  ]
  const lines = rows.map(({ contender, rounds }) => [
    contender.ceiling ? `*ceiling: ${contender.name}*` : contender.name,
    time(median(rounds, 'wallMs') / pieces),
    ratio(median(rounds, 'wallMs'), median(ours, 'wallMs')),
    ratio(median(rounds, 'cpuSeconds'), median(ours, 'cpuSeconds')),
    figure(median(rounds, 'cpuSeconds') / pieces),
    ...rounds.map(({ wallMs }) => time(wallMs / pieces)),
    contender.about,
  ])
  return [
    `### ${one.name}`,
    '',
    `Goal: ${one.goal}.${pieces > 1 ? ` Figures are for one of ${pieces} pieces.` : ''}${
      foreign > 0.05 ? ` **Not for claims: others used ${(foreign * 100).toFixed(0)} % of the processors.**` : ''
    }`,
    '',
    row(head),
    row(head.map((_, i) => (i === 0 || i === head.length - 1 ? '---' : '---:'))),
    ...lines.map(row),
    '',
  ].join('\n')
}

const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

function median(rounds: readonly Measured[], key: keyof Measured): number {
  const sorted = rounds.map((one) => one[key]).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

function ratio(value: number, ours: number): string {
  return ours > 0 ? `${figure(value / ours)}` : '–'
}

function time(ms: number): string {
  if (ms >= 1_000) return `${figure(ms / 1_000)} s`
  return ms >= 1 ? `${figure(ms)} ms` : `${figure(ms * 1_000)} µs`
}

const figure = (value: number) => (value === 0 ? '0' : String(Number(value.toPrecision(3))))
