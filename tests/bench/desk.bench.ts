import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decimate } from '../../core/domain/decimate.ts'
import { lossAt, makeManyRuns } from '../builders/many-runs-database.ts'
import { makeHome, slipwayJson } from '../journeys/workbench-host.ts'
import { type BenchBrowser, launchBenchBrowser, memoryOf } from './desk/browser.ts'
import type { Desk } from './desk/contender.ts'
import { jupyterDesk } from './desk/jupyterlab.ts'
import { mlflowDesk } from './desk/mlflow.ts'
import { readColumns, writeCsv, writeJsonLines } from './desk/runs.ts'
import { slipwayDesk } from './desk/slipway.ts'
import type { Bench, Case, Contender } from './harness/bench.ts'
import { type Measured, usedCpuSeconds } from './harness/measure.ts'
import { installPythonPeer } from './harness/peers.ts'

const points = 1_000_000
const inEveryRun = [
  'id',
  'state',
  'startedAt',
  'durationMs',
  'metric.evaluation.accuracy',
  'metric.evaluation.f1',
  'metric.evaluation.log_loss',
  'param.train.C',
  'param.train.kernel',
  'param.train.epochs',
] as const

/** What a person waits for in the window, each program in a page of the same Chromium. Build the workbench first. */
export const bench: Bench = {
  title: 'the window: start, sort, filter, chart',
  async *cases({ quick, folder, wants, note }) {
    const count = quick ? 10_000 : 100_000
    const home = makeHome('bench-desk')
    const project = join(home.projects, 'many')
    const browser = await launchBenchBrowser()
    const made: Desk[] = []
    const keep = (desk: Desk): Desk => {
      made.push(desk)
      return desk
    }
    const runs = count.toLocaleString('en')
    const [start, sort, filter] = [
      `start to a table of ${runs} runs`,
      `warm: sort ${runs} runs`,
      `warm: filter ${runs} runs`,
    ]
    /** Nothing but these goes on, in pages of their own. */
    const openOnly = async (desks: readonly Desk[]): Promise<void> => {
      for (const desk of made) await desk.close()
      await browser.closePages()
      for (const desk of desks) await desk.open()
    }
    try {
      await slipwayJson(home, ['init', project, '--template', 'penguins'])
      note(`Making ${count} runs of ${inEveryRun.length}–500 columns …`)
      makeManyRuns(project, count, 400, points)
      const columns = readColumns(join(project, '.slipway'))
      const [ofMlflow, ofJupyter] = [join(folder, 'mlflow'), join(folder, 'jupyter')]
      for (const place of [ofMlflow, ofJupyter]) mkdirSync(place)
      await writeCsv(columns, inEveryRun, join(ofJupyter, 'runs.csv'))
      writeFileSync(
        join(ofJupyter, 'loss.f64'),
        Float64Array.from({ length: points }, (_, at) => lossAt(at)),
      )
      const makeMlflow = async (): Promise<Desk> => {
        const peer = await installPythonPeer('mlflow', ['mlflow==3.17.0'], note)
        const lines = join(folder, 'runs.jsonl')
        note('Filling the database of mlflow …')
        await writeJsonLines(columns, lines)
        return mlflowDesk({ browser, peer, folder: ofMlflow, runs: lines })
      }
      const makeJupyter = async (): Promise<Desk> => {
        const peer = await installPythonPeer('jupyterlab', ['jupyterlab==4.6.6', 'matplotlib==3.11.0'], note)
        return jupyterDesk({ browser, peer, folder: ofJupyter })
      }
      const ours = keep(slipwayDesk({ browser, home, project }))
      const mlflow = [start, sort, filter].some(wants) ? [keep(await makeMlflow())] : []
      const jupyter = [start, chartName].some(wants) ? [keep(await makeJupyter())] : []
      // What takes longest comes last: the others are printed by then.
      if (wants(chartName)) {
        await openOnly([ours, ...jupyter])
        yield chartCase([ours, ...jupyter])
      }
      if (wants(sort) || wants(filter)) {
        await openOnly([ours, ...mlflow])
        yield tableCase(sort, '≤ 16 ms', [ours, ...mlflow], (desk) => desk.sort)
        yield tableCase(filter, '≤ 16 ms', [ours, ...mlflow], (desk) => desk.filter)
      }
      yield openCase(start, [ours, ...mlflow, ...jupyter], browser)
    } finally {
      for (const desk of made) await desk.close()
      await browser.close()
      home.remove()
    }
  },
}

const chartName = `warm: chart of ${points.toLocaleString('en')} points`

function openCase(name: string, desks: readonly Desk[], browser: BenchBrowser): Case {
  /** Megabytes by contender, once the page stands. */
  const memory = new Map<string, number>()
  const withMemory = (about: string, of: string) => `${memory.get(of)?.toFixed(0)} MB with Chromium; ${about}`
  const launch: Contender = {
    name: 'Chromium with an empty page',
    get about() {
      return withMemory(`${browser.version}, launched anew`, this.name)
    },
    ceiling: true,
    async work() {
      const [before, began] = [usedCpuSeconds([]), performance.now()]
      const own = await launchBenchBrowser()
      await (await own.newPage()).goto('about:blank')
      const measured = { wallMs: performance.now() - began, cpuSeconds: usedCpuSeconds(own.processes()) - before }
      memory.set(this.name, memoryOf(own.processes()))
      await own.close()
      return measured
    },
  }
  const rows = new Map<Desk, readonly string[]>()
  const contenders = desks.map(
    (desk): Contender => ({
      name: desk.name,
      get about() {
        return withMemory(desk.about, desk.name)
      },
      async reset() {
        for (const other of desks) await other.close()
        await browser.closePages()
      },
      async work() {
        const measured = await timed(desk, async () => {
          const began = performance.now()
          await desk.open()
          return performance.now() - began
        })
        // The next one's reset closes it: so its rows are read while it is there.
        rows.set(desk, await desk.rows())
        memory.set(desk.name, memoryOf(desk.processes()))
        return measured
      },
      output: async () => rows.get(desk),
    }),
  )
  return {
    name,
    goal: '≤ 800 ms, ≥ 5× JupyterLab, ≥ 10× mlflow ui; idle ≤ 300 MB',
    contenders: [...contenders, launch],
  }
}

function tableCase(
  name: string,
  goal: string,
  desks: readonly Desk[],
  actOf: (desk: Desk) => (() => Promise<number>) | null,
): Case {
  const contenders = desks.flatMap((desk): Contender[] => {
    const act = actOf(desk)
    if (act === null) return []
    return [
      {
        name: desk.name,
        about: `${desk.about}; from the click until the rows are laid out, told by the page`,
        reset: () => desk.reset(),
        work: () => timed(desk, act),
        output: () => desk.rows(),
      },
    ]
  })
  return { name, goal, contenders }
}

function chartCase(desks: readonly Desk[]): Case {
  const xs = Float64Array.from({ length: points }, (_, at) => at)
  const ys = Float64Array.from(xs, lossAt)
  const contenders = desks.flatMap(({ chart, ...desk }): Contender[] =>
    chart === null
      ? []
      : [
          {
            name: desk.name,
            about: `${desk.about}; from the deed until the frame in which it is drawn, told by the page`,
            reset: () => chart.prepare(),
            work: () => timed(desk, () => chart.draw()),
            output: () => chart.ends(),
          },
        ],
  )
  const bare: Contender = {
    name: 'decimation alone',
    about: 'core/domain/decimate.ts, 700 parts',
    ceiling: true,
    async work() {
      decimate({ xs, ys }, 700)
      return undefined
    },
  }
  return { name: chartName, goal: '≤ 50 ms', contenders: [...contenders, bare] }
}

async function timed(desk: Pick<Desk, 'processes'>, act: () => Promise<number>): Promise<Measured> {
  const before = usedCpuSeconds(desk.processes())
  const wallMs = await act()
  return { wallMs, cpuSeconds: usedCpuSeconds(desk.processes()) - before }
}
