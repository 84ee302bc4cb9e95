import { isDeepStrictEqual } from 'node:util'
import type { Case, Contender } from './bench.ts'
import { foreignCpuShare, type Measured, measure } from './measure.ts'

export type CaseResult = {
  readonly case: Case
  readonly rows: readonly { readonly contender: Contender; readonly rounds: readonly Measured[] }[]
  /** The largest share of foreign work that was seen between rounds. */
  readonly foreign: number
}

export type RunCaseOptions = {
  readonly rounds: number
  /** Go on although others use the machine; the table says so. */
  readonly busy: boolean
  note(line: string): void
}

export class Refused extends Error {}

const mostForeign = 0.05

/** Equal outputs first, then A, B, A, B … in turn. @throws Refused while others use the machine, or outputs differ */
export async function runCase(one: Case, { rounds, busy, note }: RunCaseOptions): Promise<CaseResult> {
  note(`${one.name}: verifying …`)
  for (const contender of one.contenders) {
    await contender.reset?.(-1)
    await contender.work(-1)
  }
  await verifyOutputs(one)
  const rows = one.contenders.map((contender) => ({ contender, rounds: [] as Measured[] }))
  let foreign = 0
  for (let round = 0; round < rounds; round++) {
    foreign = Math.max(foreign, await awaitQuiet(busy, note))
    for (const { contender, rounds: measured } of rows) {
      await contender.reset?.(round)
      const taken = await measure(
        () => contender.work(round),
        () => contender.processes?.() ?? [],
      )
      const { part = 1 } = contender
      const times = { wallMs: taken.wallMs / part, cpuSeconds: taken.cpuSeconds / part }
      measured.push(times)
      note(`${one.name}: round ${round + 1}, ${contender.name}: ${times.wallMs.toFixed(2)} ms`)
    }
  }
  await verifyOutputs(one)
  return { case: one, rows, foreign }
}

async function verifyOutputs({ name, contenders }: Case): Promise<void> {
  const outputs = []
  for (const contender of contenders)
    if (contender.output) outputs.push({ name: contender.name, value: await contender.output() })
  const [first, ...others] = outputs
  for (const other of others)
    if (!isDeepStrictEqual(other.value, first?.value))
      throw new Refused(
        `${name}: ${first?.name} and ${other.name} gave different results, so their times mean nothing:\n` +
          `${shorten(first?.value)}\n${shorten(other.value)}`,
      )
}

async function awaitQuiet(busy: boolean, note: (line: string) => void): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const share = await foreignCpuShare(busy ? 100 : 500)
    if (share <= mostForeign || busy) return share
    if (attempt === 60)
      throw new Refused(
        `Other programs use ${percent(share)} of the processors; at most ${percent(mostForeign)} is fair.`,
      )
    if (attempt === 0) note(`Waiting: other programs use ${percent(share)} of the processors …`)
  }
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const shorten = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 1_000)
