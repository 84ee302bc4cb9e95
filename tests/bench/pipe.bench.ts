import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Case, Contender } from './harness/bench.ts'
import { runProgram } from './harness/measure.ts'
import { writeFiles } from './pipe/files.ts'
import {
  dvc,
  kedro,
  metaflow,
  ninja,
  openPeer,
  type PeerProject,
  type PeerUse,
  snakemake,
  stepPython,
} from './pipe/peers.ts'
import { openApp, openShell } from './pipe/slipway.ts'
import { mlWork, trivialWork, type Work } from './pipe/work.ts'

export const bench: Bench = {
  title: 'pipelines: cold, nothing changed, one leaf changed',
  async *cases({ quick, folder, wants, wantsPeer, chosen, note }) {
    const sizes = quick && !chosen ? [1, 10] : [1, 10, 100]
    const works = [
      ...sizes.flatMap((steps) => [trivialWork({ shape: 'chain', steps }), trivialWork({ shape: 'fan-out', steps })]),
      mlWork,
    ]
    // A fan-out of one is the chain of one.
    for (const work of works.filter(({ name }) => name !== 'fan-out of 1')) {
      const takesPart = (part: Part) => wants(`${work.name}, ${part}`) && (chosen || quick || isUsual(work, part))
      if (!parts.some(takesPart)) continue
      const use = { folder: join(folder, work.name.replaceAll(/\W+/g, '-')), work, note }
      const app = await openApp(use)
      const kept = await openShell(use, true)
      try {
        const ours = [app, await openShell(use), kept]
        const peers = []
        for (const form of [dvc, kedro, snakemake, ninja])
          if (wantsPeer(form.name)) peers.push(await openPeer(form, use))
        // Half a minute and more for a hundred steps, each round.
        const takesSlow = work.steps.length <= 10 && takesPart('cold') && wantsPeer(metaflow.name)
        const slow = takesSlow ? [await openPeer(metaflow, use)] : []
        if (takesPart('cold')) yield coldCase(work, [...ours, ...peers, ...slow], await forkCeiling(use))
        if (takesPart('nothing changed')) yield unchangedCase(work, [...ours, ...peers], statCeiling(use))
        if (takesPart('one leaf changed'))
          yield leafCase(work, [...ours, ...peers], work === mlWork ? [await warmCeiling(use)] : [])
      } finally {
        await app.close()
        await kept.close()
      }
    }
  },
}

const parts = ['cold', 'nothing changed', 'one leaf changed'] as const
type Part = (typeof parts)[number]

/** A whole run takes those with a goal of their own and, of the smaller ones, the cold ones; --only gives the rest. */
function isUsual({ name }: Work, part: Part): boolean {
  if (name === mlWork.name) return part === 'one leaf changed'
  return part === 'cold' || (part === 'nothing changed' && name === 'chain of 100')
}

const goals: Readonly<Record<string, readonly [cold: string, unchanged: string, leaf: string]>> = {
  'chain of 100': [
    '≤ 0.6 s, ≥ 3× kedro, ≥ 20× dvc',
    'app ≤ 5 ms, ≥ 300× dvc; shell ≤ 40 ms, ≥ 40× dvc',
    'see the parts',
  ],
  'fan-out of 100': [
    '≤ 0.6 s, ≥ 3× kedro, ≥ 20× dvc',
    'app ≤ 5 ms, ≥ 300× dvc; shell ≤ 40 ms, ≥ 40× dvc',
    'see the parts',
  ],
  [mlWork.name]: ['see the parts', 'see the parts', '≤ 400 ms, ≥ 10× kedro, ≥ 20× dvc'],
}

const goalOf = (work: Work, which: 0 | 1 | 2) => goals[work.name]?.[which] ?? 'as large ones, for its size'

function contend(project: PeerProject, work: Contender['work'], more: Partial<Contender> = {}): Contender {
  return {
    name: project.name,
    about: project.about + (project.remembers ? '' : '; runs everything every time'),
    work,
    output: () => project.results(),
    processes: () => project.processes?.() ?? [],
    ...more,
  }
}

async function run(project: PeerProject): Promise<undefined> {
  await project.run()
  return undefined
}

function coldCase(work: Work, projects: readonly PeerProject[], ceiling: Contender): Case {
  return {
    name: `${work.name}, ${parts[0]}`,
    goal: goalOf(work, 0),
    contenders: [...projects.map((one) => contend(one, () => run(one), { reset: () => one.clear() })), ceiling],
  }
}

function unchangedCase(work: Work, projects: readonly PeerProject[], ceiling: Contender): Case {
  return {
    name: `${work.name}, ${parts[1]}`,
    goal: goalOf(work, 1),
    contenders: [...projects.map((one) => contend(one, () => run(one), one.staysUp ? inUse(one) : {})), ceiling],
  }
}

const runsBefore = 20

/** What stays up is measured as it is where somebody has worked for a while: its code is compiled while it runs. */
function inUse(project: PeerProject): Partial<Contender> {
  return {
    about: `${project.about}; after ${runsBefore} runs, the first of which take two to four times as long`,
    async reset(round) {
      for (let before = 0; round === 0 && before < runsBefore; before++) await project.run()
    },
  }
}

/** Another value each round, so that no past result stands in for it. */
function leafCase(work: Work, projects: readonly PeerProject[], ceilings: readonly Contender[]): Case {
  return {
    name: `${work.name}, ${parts[2]}`,
    goal: goalOf(work, 2),
    contenders: [
      ...projects.map((one) => contend(one, () => run(one), { reset: (round) => one.setLeaf(round + 5) })),
      ...ceilings,
    ],
  }
}

/** Forks that write one small file each, from an interpreter that is warm already, and nothing else. */
async function forkCeiling(use: PeerUse): Promise<Contender> {
  const python = await stepPython(use)
  const script = `import os, sys, time
began = time.perf_counter()
for n in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        open(os.devnull, "w").write(str(n))
        os._exit(0)
    os.waitpid(pid, 0)
times = os.times()
print((time.perf_counter() - began) * 1000, sum(times[:4]))`
  return {
    name: 'a fork per step',
    about: 'os.fork and waitpid, one after the other; nothing is kept',
    ceiling: true,
    async work() {
      const [wallMs = 0, cpuSeconds = 0] = (await runProgram(python, ['-c', script, String(use.work.steps.length)]))
        .split(' ')
        .map(Number)
      return { wallMs, cpuSeconds }
    },
  }
}

/** The steps that run again, called in one Python that has imported everything and has called them once before. */
async function warmCeiling(use: PeerUse): Promise<Contender> {
  const python = await stepPython(use)
  const { work } = use
  const folder = join(use.folder, 'warm-ceiling')
  await writeFiles(folder, work.files)
  const script = `import json, os, sys, time
import work
steps, leaf, param = json.loads(sys.argv[1]), sys.argv[2], float(sys.argv[3])
os.makedirs("out", exist_ok=True)
def run(step, value):
    work.store(step["name"], work.run(step["name"], value, [work.load(need) for need in step["needs"]]))
for step in steps:
    run(step, step["param"])
stale = [step for step in steps if step["name"] == leaf or leaf in step["needs"]]
began, cpu = time.perf_counter(), time.process_time()
for step in stale:
    run(step, param if step["name"] == leaf else step["param"])
print((time.perf_counter() - began) * 1000, time.process_time() - cpu)`
  return {
    name: 'the same functions in one warm Python',
    about: 'no process, no lineage; inputs and results as pickles, not synced; no table as Parquet, no model as ONNX',
    ceiling: true,
    async work(round) {
      const given = [JSON.stringify(work.steps), work.leaf, String(round + 5)]
      const told = await runProgram(python, ['-c', script, ...given], { cwd: folder })
      const [wallMs = 0, cpuSeconds = 0] = told.split(' ').map(Number)
      return { wallMs, cpuSeconds }
    },
  }
}

/** A look at a file for every result, and nothing else. They are its own: ninja, whose would do, may take no part. */
function statCeiling({ folder, work }: PeerUse): Contender {
  const out = join(folder, 'stat-ceiling', 'out')
  const files = work.steps.map(({ name }) => join(out, `${name}.json`))
  mkdirSync(out, { recursive: true })
  for (const file of files) writeFileSync(file, '{}')
  return {
    name: 'stat of every result',
    about: 'one statSync each',
    ceiling: true,
    async work() {
      for (const file of files) statSync(file)
      return undefined
    },
  }
}
