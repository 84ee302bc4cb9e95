import { existsSync, readdirSync } from 'node:fs'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench } from './harness/bench.ts'
import { foreignCpuShare } from './harness/measure.ts'
import { Refused, runCase } from './harness/run-case.ts'
import { describeMachine, toMarkdown } from './harness/to-markdown.ts'

/** `npm run bench -- NAME [--quick] [--busy] [--rounds N] [--only TEXT] [--peers A,B] [--out FILE]`; see README.md beside this. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    busy: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'string' },
    out: { type: 'string' },
  },
})
const note = (line: string) => process.stderr.write(`${line}\n`)

const isOurs = (contender: string) => contender.startsWith('slipway')

async function main(): Promise<number> {
  const names = readdirSync(import.meta.dirname)
    .filter((file) => /^[a-z]+\.bench\.ts$/.test(file))
    .map((file) => file.replace('.bench.ts', ''))
  const name = positionals[0] ?? ''
  // Else every Python peer would compile all that it imports each time, which it does once anywhere else.
  delete process.env.PYTHONDONTWRITEBYTECODE
  const file = join(import.meta.dirname, `${name}.bench.ts`)
  if (!names.includes(name) || !existsSync(file)) {
    note(`Say which bench to run: npm run bench -- ${names.join('|') || 'NAME'}`)
    return 2
  }
  const rounds = values.rounds === undefined ? (values.quick ? 1 : 5) : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1 || (rounds < 5 && !values.quick)) {
    note('Five rounds are the fewest that count; fewer go with --quick.')
    return 2
  }
  const share = await foreignCpuShare(2_000)
  if (share > 0.05 && !values.busy) {
    note(`Refused: other programs use ${(share * 100).toFixed(1)} % of the processors; at most 5 % is fair.`)
    return 3
  }
  const { bench } = (await import(pathToFileURL(file).href)) as { bench: Bench }
  const folder = await mkdtemp(join(tmpdir(), `slipway-bench-${name}-`))
  const print = async (text: string) => {
    process.stdout.write(`${text}\n`)
    if (values.out !== undefined) await appendFile(values.out, `${text}\n`)
  }
  try {
    const marks = [values.quick && 'quick', values.busy && 'on a busy machine'].filter(Boolean).join(', ')
    const claim = marks ? ` **Not for claims: ${marks}.**` : ''
    await print(
      `## ${name}: ${bench.title}\n\n${new Date().toISOString().slice(0, 10)}, ${describeMachine()}.${claim}\n`,
    )
    const wants = (caseName: string) => values.only === undefined || caseName.includes(values.only)
    const peers = values.peers?.split(',').map((peer) => peer.trim())
    const wantsPeer = (peer: string) => peers?.some((wanted) => peer.startsWith(wanted)) ?? true
    for await (const one of bench.cases({
      quick: values.quick,
      folder,
      wants,
      wantsPeer,
      chosen: values.only !== undefined,
      note,
    })) {
      if (!wants(one.name)) continue
      const [slipway, ...others] = one.contenders
      const contenders = others.filter(({ name, ceiling }) => ceiling || isOurs(name) || wantsPeer(name))
      const chosen = { ...one, contenders: slipway === undefined ? [] : [slipway, ...contenders] }
      await print(toMarkdown(await runCase(chosen, { rounds, busy: values.busy, note })))
    }
    return 0
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    note(`Refused: ${error.message}`)
    return 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
