import type { Locator, Page } from '@playwright/test'
import { expect, it } from 'vitest'
import type { Parity } from '../../core/domain/parity.ts'
import type { FixtureCore } from '../fakes/fixture-core.ts'
import { buildAddress, prepareWindows, runStale, see, untilEditor } from './window-under-test.ts'

const openWindow = prepareWindows()
const project = '#/project/wine-grades-1f3a'

function goTo(page: Page, place: string): Promise<void> {
  return page.evaluate((hash) => {
    location.hash = hash
  }, `${project}/${place}`)
}

/** Puts the pointer down on it and leaves it there. */
async function press(page: Page, target: Locator): Promise<void> {
  const box = (await target.boundingBox()) as { x: number; y: number; width: number; height: number }
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
}

/** The id of the run. */
async function runOnce(page: Page, core: FixtureCore): Promise<string> {
  await runStale(page)
  return (await core.runs.list({})).runs[0]?.id as string
}

/** The charts of runs whose columns have no names yet: core is asked for them, and its answer is held. */
async function openChartsWithoutNames() {
  const { page, server, late } = await openWindow({
    start: `${project}/environments`,
    trusted: true,
    manyRuns: 300,
    late: ['runs.columnNames'],
  })
  withoutValues(server.core)
  await goTo(page, 'runs')
  await page.getByRole('button', { name: 'Charts' }).click()
  await late.untilHeld('runs.columnNames')
  return { page, late }
}

it('a button that can be pressed from now on is the same one: neither the press nor the focus is lost', async () => {
  const { page, server, late } = await openWindow({ start: buildAddress, trusted: true, late: ['models.list'] })
  const run = await runOnce(page, server.core)
  await server.core.models.register(`${run}:model`, 'cellar')
  await goTo(page, `runs/${run}`)
  await page.getByRole('button', { name: 'Register model' }).click()
  const dialog = page.getByRole('dialog', { name: 'Register a model version' })
  const register = dialog.getByRole('button', { name: 'Register', exact: true })
  await late.untilHeld('models.list')
  await see(register).toHaveAttribute('aria-disabled', 'true')
  await register.focus()
  await press(page, register)
  late.release('models.list')
  await see(dialog.getByLabel('Model name')).toHaveValue('cellar')
  await see(register).not.toHaveAttribute('aria-disabled', 'true')
  await see(register).toBeFocused()
  await page.mouse.up()
  await see(page).toHaveURL(/models\/cellar(@|%40)2/)
}, 240_000)

it('the status bar and the list of jobs say only what is known', async () => {
  const { page, late } = await openWindow({
    start: buildAddress,
    trusted: true,
    late: ['runs.list', 'jobs.list', 'project.pipeline'],
  })
  const bar = page.getByRole('contentinfo')
  await late.untilHeld('runs.list')
  await late.untilHeld('project.pipeline')
  await see(bar.getByRole('button', { name: 'Runs', exact: true })).toBeVisible()
  await see(bar.getByRole('button', { name: 'Problems', exact: true })).toBeVisible()
  await late.untilHeld('jobs.list')
  await bar.getByRole('button', { name: 'Jobs', exact: true }).click()
  await see(page.getByText('Loading jobs…')).toBeVisible()
  await see(page.getByText('No jobs yet')).toHaveCount(0)
  for (const path of ['runs.list', 'jobs.list', 'project.pipeline']) late.release(path)
  await see(page.getByText('No jobs yet')).toBeVisible()
  await see(bar.getByRole('button', { name: 'No jobs' })).toBeVisible()
  await see(bar.getByRole('button', { name: 'No run yet' })).toBeVisible()
  await see(bar.getByRole('button', { name: 'No problems' })).toBeVisible()
}, 240_000)

it('a folder that is typed stays when the first listing comes late, and can be gone to', async () => {
  const { page, late } = await openWindow({ late: ['folders.list'] })
  await page.getByRole('button', { name: /^Open a folder/ }).click()
  const folder = page.getByRole('dialog').getByLabel('Folder', { exact: true })
  await folder.fill('/srv/wine')
  await late.untilHeld('folders.list')
  late.release('folders.list')
  await see(page.getByRole('list', { name: 'Folders in /home/ada' })).toBeVisible()
  await see(folder).toHaveValue('/srv/wine')
  await folder.press('Enter')
  await see(page.getByRole('list', { name: 'Folders in /srv/wine' })).toBeVisible()
  await page.getByRole('button', { name: 'Up one level' }).click()
  await see(folder).toHaveValue('/srv')
}, 240_000)

it('a note that is being typed stays when the run is told of anew', async () => {
  const { page, server } = await openWindow({ start: buildAddress, trusted: true })
  const run = await runOnce(page, server.core)
  await goTo(page, `runs/${run}`)
  const note = page.getByRole('textbox', { name: 'Note' })
  await note.fill('half a thou')
  await server.core.runs.tag(run, 'note', 'from another window')
  await server.core.runs.tag(run, 'team', 'red')
  await see(page.getByRole('button', { name: 'Remove tag team' })).toBeVisible()
  await see(note).toHaveValue('half a thou')
  await note.fill('a whole thought ')
  await note.blur()
  await expect
    .poll(async () => (await server.core.runs.get(run)).run.tags.note, { timeout: 30_000 })
    .toBe('a whole thought')
  await see(page.getByText('Kept when you leave the field.')).toBeHidden()
  await server.core.runs.tag(run, 'note', 'mended elsewhere')
  await see(note).toHaveValue('mended elsewhere')
}, 240_000)

it('a param that is being typed stays when the pipeline is read anew', async () => {
  const { page, server } = await openWindow({ start: buildAddress })
  await untilEditor(page)
  await page.getByRole('treeitem', { name: /^model, / }).click()
  const trees = page.getByLabel(/^trees/)
  await see(trees).toHaveValue('120')
  await trees.fill('20')
  const { text } = await server.core.project.readFile('pipeline.py')
  server.core.writeOutside(
    'pipeline.py',
    `${text.replace('trees: int = 120', 'trees: int = 90')}\n\n@step\ndef extra(clean):\n    return clean\n`,
  )
  await see(page.getByRole('treeitem', { name: /^extra, / })).toBeVisible()
  await see(trees).toHaveValue('20')
  await trees.press('Enter')
  await see(page.getByText('In the code: 90')).toBeVisible()
  await page.getByRole('button', { name: 'Take trees from the code again' }).click()
  await see(trees).toHaveValue('90')
}, 240_000)

it('a journey that goes on is shown as such also when it is told of after its dialog was opened', async () => {
  const { page, server, late } = await openWindow({
    start: buildAddress,
    trusted: true,
    stepMs: 60_000,
    late: ['jobs.watch'],
  })
  await late.untilHeld('jobs.watch')
  server.core.journey.start()
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('dialog', { name: 'Command palette' }).getByText('Run the whole journey').click()
  const dialog = page.getByRole('dialog', { name: 'The whole journey' })
  await see(dialog).toBeVisible()
  late.release('jobs.watch')
  await see(dialog.getByRole('button', { name: 'Continue in background' })).toBeVisible()
}, 240_000)

it('the model on show stays the one on show when a newer version comes', async () => {
  const { page, server } = await openWindow({ start: buildAddress, trusted: true })
  const run = await runOnce(page, server.core)
  await server.core.models.register(`${run}:model`, 'cellar')
  await goTo(page, 'models')
  const note = page.getByRole('region', { name: 'Decision' }).getByLabel('Note')
  await note.fill('Looked at its evidence')
  await server.core.models.register(`${run}:model`, 'cellar')
  server.dropLines()
  await see(page.getByRole('complementary', { name: 'Models sidebar' }).getByRole('link')).toHaveCount(2)
  await see(note).toHaveValue('Looked at its evidence')
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect
    .poll(async () => (await server.core.models.get('cellar@1')).approval?.state, { timeout: 30_000 })
    .toBe('approved')
  expect((await server.core.models.get('cellar@2')).approval).toBeNull()
}, 240_000)

it('the words of a column are suggested also when they come after the filter was typed', async () => {
  const { page, late } = await openWindow({ start: `${project}/runs`, manyRuns: 300, late: ['runs.columns'] })
  const filter = page.getByRole('combobox', { name: 'Filter runs' })
  await filter.fill('param.train.kernel = ')
  await late.untilHeld('runs.columns')
  const word = page.getByRole('option', { name: '"linear"' })
  await see(word).toHaveCount(0)
  late.release('runs.columns')
  await see(word).toBeVisible()
}, 240_000)

it('axes that are chosen before the names of columns have come stay chosen, those that nobody chose become the usual', async () => {
  const { page, late } = await openChartsWithoutNames()
  const scatter = page.getByRole('tabpanel', { name: 'Scatter' })
  const [horizontal, vertical] = ['Horizontal', 'Vertical'].map((name) => scatter.getByRole('combobox', { name })) as [
    Locator,
    Locator,
  ]
  await see(vertical).toHaveValue('durationMs')
  await horizontal.focus()
  await horizontal.selectOption('startedAt')
  late.release('runs.columnNames')
  await see(vertical).toHaveValue('metric.evaluation.accuracy')
  await see(horizontal).toHaveValue('startedAt')
  await see(horizontal).toBeFocused()
  await see(scatter.getByRole('img', { name: /accuracy by .* of 300 runs/ })).toBeVisible()
}, 240_000)

it('axes of parallel coordinates that are added before the names of columns have come stay', async () => {
  const { page, late } = await openChartsWithoutNames()
  await page.getByRole('tab', { name: 'Parallel coordinates' }).click()
  const axes = page.getByRole('list', { name: 'Axes' }).getByRole('listitem')
  const before = await axes.allInnerTexts()
  expect(before).toHaveLength(2)
  const add = page.getByRole('combobox', { name: 'Add an axis' })
  await add.selectOption('state')
  await see(axes).toHaveCount(3)
  late.release('runs.columnNames')
  await see(page.getByRole('combobox', { name: 'Colour' })).toHaveValue('metric.evaluation.accuracy')
  await see(axes).toHaveCount(3)
  expect((await axes.allInnerTexts()).slice(0, 2)).toEqual(before)
  await add.selectOption('metric.evaluation.f1')
  await see(axes).toHaveCount(4)
}, 240_000)

it('Push waits for what the data allows, and then asks for what it has to', async () => {
  const { page, server, late } = await openWindow({ start: buildAddress, trusted: true, late: ['models.evidence'] })
  const { core } = server
  const run = await runOnce(page, core)
  await core.models.register(`${run}:model`, 'cellar')
  await core.models.decide('cellar@1', 'approved', 'Seen')
  const models = core.models as Changeable<typeof core.models>
  const { evidence } = models
  models.evidence = async (model) => {
    const found = await evidence(model)
    return { ...found, data: found.data.map((file) => ({ ...file, licence: null })) }
  }
  const images = core.images as Changeable<typeof core.images>
  const { list, push } = images
  const sent: unknown[] = []
  images.list = async () => (await list()).map((image) => ({ ...image, parity: provenParity }))
  images.push = (...request) => {
    sent.push(request)
    return push(...request)
  }
  core.images.build({ model: 'cellar@1' })
  await expect.poll(async () => (await images.list()).length, { timeout: 30_000 }).toBe(1)

  await goTo(page, 'ship/cellar@1')
  await late.untilHeld('models.evidence')
  await page.getByRole('region', { name: 'Push' }).getByRole('button', { name: 'Push' }).click()
  const dialog = page.getByRole('dialog', { name: 'Push this image?' })
  const send = dialog.getByRole('button', { name: 'Push' })
  await see(send).toHaveAttribute('aria-disabled', 'true')
  await send.focus()
  await page.keyboard.press('Enter')
  await see(page.getByText('What the data allows is being read.').first()).toBeVisible()
  await see(dialog.getByRole('checkbox')).toHaveCount(0)
  await press(page, send)
  late.release('models.evidence')
  const knows = dialog.getByRole('checkbox', { name: /Some data states no licence/ })
  await see(knows).toBeVisible()
  await page.mouse.up()
  await see(send).toHaveAttribute('aria-disabled', 'true')
  expect(sent).toEqual([])
  await knows.check()
  await send.click()
  await see(dialog).toBeHidden()
  expect(sent).toEqual([
    [expect.stringMatching(/^sha256:/), expect.stringMatching(/cellar:1$/), { acknowledgeUnstatedLicence: true }],
  ])
}, 240_000)

type Changeable<Part> = { -readonly [Name in keyof Part]: Part[Name] }

/** The newest runs logged nothing, so that they bring no names of columns along. */
function withoutValues(core: FixtureCore): void {
  const runs = core.runs as Changeable<typeof core.runs>
  const { list } = runs
  runs.list = async (request) => {
    const answer = await list(request)
    return { ...answer, runs: answer.runs.map((run) => ({ ...run, metrics: {}, params: {}, tags: {} })) }
  }
}

const provenParity: Parity = {
  state: 'passed',
  level: 'server',
  rows: 45,
  outputs: ['predict'],
  maxDifference: 0,
  tolerance: { absolute: 0, relative: 0 },
  rowsOrigin: 'test',
  first: null,
  differences: 0,
  at: new Date().toISOString(),
  detail: null,
}
