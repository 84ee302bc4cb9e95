import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeBlankProject } from '../../builders/blank-project.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { makeManyRuns } from '../../builders/many-runs-database.ts'

type Listed = {
  readonly runs: readonly { readonly params: Record<string, unknown>; readonly metrics: Record<string, number> }[]
}
type Grouped = {
  readonly groups: readonly {
    readonly values: Record<string, unknown>
    readonly runs: number
    readonly metrics: Record<string, number>
  }[]
}
let slipway: CommandLine
let folder: string

beforeAll(() => {
  slipway = createCommandLine()
  folder = writeBlankProject(mkdtempSync(join(tmpdir(), 'groups-')), '')
  makeManyRuns(folder, 300)
})
afterAll(() => {
  slipway.remove()
  rmSync(folder, { recursive: true, force: true })
})

const runs = (...words: string[]) => slipway.run(['runs', ...words], { folder })

it('groups of runs hold what the listed runs hold', { timeout: 120_000 }, async () => {
  const filter = 'state = completed and metric.evaluation.accuracy > 0.2'
  const listed = (await runs('--filter', filter, '--limit', '1000', '--json')).json<Listed>().runs
  const answer = await runs('--filter', filter, '--group', 'param.train.kernel', '--group', 'param.train.C', '--json')
  const { groups } = answer.json<Grouped>()
  expect(groups.reduce((sum, group) => sum + group.runs, 0)).toBe(listed.length)
  for (const { values, runs: count, metrics } of groups) {
    const same = listed.filter(
      ({ params }) =>
        params['train.kernel'] === values['param.train.kernel'] && params['train.C'] === values['param.train.C'],
    )
    expect(same).toHaveLength(count)
    const scores = same.map((run) => run.metrics['evaluation.f1'] as number)
    expect(metrics['evaluation.f1']).toBeCloseTo(scores.reduce((sum, score) => sum + score, 0) / count, 10)
  }
  const highest = await runs('--group', 'param.train.kernel', '--aggregate', 'max')
  expect(highest.stdout).toMatch(/^param\.train\.kernel +RUNS/)
  expect(highest.stdout.trim().split('\n')).toHaveLength(4)
})

it('that no run matches is not told as if there were none', { timeout: 120_000 }, async () => {
  const { code, stdout } = await runs('--filter', 'metric.evaluation.accuracy > 7')
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'No run matches metric.evaluation.accuracy > 7\n' })
})

it('a saved view is used by its name, and what is wrong is said', { timeout: 120_000 }, async () => {
  const views = [
    { name: 'failed', filter: 'state = failed' },
    { name: 'kernels', groupBy: ['param.train.kernel'], aggregate: 'min' },
    { name: 'best', sort: [{ id: 'metric.evaluation.f1', descending: true }] },
  ]
  writeFileSync(join(folder, 'runs-views.json'), JSON.stringify({ views }))
  expect((await runs('--view', 'failed', '--json')).json()).toEqual(
    (await runs('--filter', 'state = failed', '--json')).json(),
  )
  expect((await runs('--view', 'best', '--json')).json()).toEqual(
    (await runs('--sort', 'metric.evaluation.f1 desc', '--json')).json(),
  )
  expect((await runs('--view', 'kernels', '--json')).json()).toMatchObject({ aggregate: 'min', groups: [{}, {}, {}] })
  expect(await runs('--view', 'none', '--json')).toMatchObject({ code: 2 })
  const unknown = await runs('--view', 'none')
  expect(unknown.stderr).toMatch(/no saved view "none".*failed, kernels, best/s)
  expect(await runs('--group', 'kernel')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/nothing to group by/),
  })
  writeFileSync(join(folder, 'runs-views.json'), '{}')
  expect((await runs('--view', 'failed')).stderr).toMatch(/runs-views\.json cannot be read: it has no list of views/)
})
