import { describe, expect, it } from 'vitest'
import { fail } from '../../../../core/domain/failure.ts'
import { findBarriers, prepareWindows, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()
const data = '#/project/wine-grades-1f3a/data'

describe('the datasets of a project', () => {
  it('are marked with what has to be known of each, and what is read undeclared is declared by keyboard', async () => {
    const { page } = await openWindow({ start: data })
    const main = page.getByRole('main', { name: 'Data' })
    const table = main.getByRole('table', { name: 'Datasets' })
    await see(table.getByRole('row', { name: /wine/ })).toContainText('Changed')
    await see(table.getByRole('row', { name: /labels/ })).toContainText(/Licence missing.*Personal data/)
    await see(table.getByRole('row', { name: /survey/ })).toContainText(/No version yet.*Expired/)
    await main.getByRole('button', { name: 'Declare data/late-words.csv' }).focus()
    await page.keyboard.press('Enter')
    await see(table.getByRole('link', { name: 'late-words' })).toBeVisible()
    await see(main.getByRole('table', { name: 'Files read and not declared' })).toBeHidden()
    expect(await findBarriers(page)).toEqual([])
  })

  it('are none at first: the screen says what one is and where it begins', async () => {
    const { page, server } = await openWindow({ start: '#/project/wine-grades-1f3a/build' })
    server.core.data.empty()
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Data' }).click()
    const main = page.getByRole('main', { name: 'Data' })
    await see(main.getByText('No dataset yet')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('F1')
    await page.keyboard.type('add a dataset')
    await page.keyboard.press('Enter')
    await see(page.getByRole('dialog', { name: 'Add dataset' })).toBeVisible()
    await see(page.getByLabel('File, folder or glob')).toBeFocused()
  })

  it('say why they cannot be shown, and come back with the connection', async () => {
    const { page, server } = await openWindow({ start: '#/project/wine-grades-1f3a/build' })
    server.core.data.refuse(fail('project/settingsInvalid', { line: 7, column: 1, problem: 'no', hint: 'yes' }))
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Data' }).click()
    const main = page.getByRole('main', { name: 'Data' })
    await see(main.getByRole('alert').first()).toContainText('project/settingsInvalid')
    expect(await findBarriers(page)).toEqual([])
    server.core.data.refuse(null)
    server.dropLines()
    await see(main.getByRole('table', { name: 'Datasets' })).toBeVisible()
  })
})

describe('one dataset', () => {
  const tabs = ['overview', 'files', 'versions', 'changes'] as const
  const shows = { overview: 'Columns', files: 'Files', versions: 'Versions', changes: 'Rows that differ' }

  it.each(tabs)('shows its %s by address, without barriers and without sideways scrolling', async (tab) => {
    const { page } = await openWindow({ start: `${data}/dataset/wine/${tab}`, width: 1100, height: 700 })
    await see(page.getByRole('table', { name: shows[tab], exact: true })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    const main = page.getByRole('main', { name: 'Data' })
    const scrolled = await main.getByRole('tabpanel').evaluate((panel) => panel.scrollWidth - panel.clientWidth)
    expect(scrolled).toBeLessThanOrEqual(0)
  })

  it('walks from tab to tab with arrows and back with the browser', async () => {
    const { page } = await openWindow({ start: `${data}/dataset/wine` })
    await page.getByRole('tab', { name: 'Overview' }).focus()
    await page.keyboard.press('ArrowRight')
    await see(page.getByRole('tab', { name: 'Files' })).toHaveAttribute('aria-selected', 'true')
    await see(page).toHaveURL(/dataset\/wine\/files$/)
    await page.goBack()
    await see(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true')
    await page.getByRole('tab', { name: /^Versions/ }).click()
    await page.getByRole('link', { name: 'Version 1' }).click()
    await see(page.getByText(/This is version 1 of .*; the newest is 2/)).toBeVisible()
    await see(page.getByText('digests alone, cannot be restored')).toBeVisible()
    await page.getByRole('link', { name: 'What has changed since' }).click()
    await see(page.getByLabel('From', { exact: true })).toHaveValue('1')
    await see(page.getByLabel('To', { exact: true })).toHaveValue('2')
  })

  it('opens the files of an older version as it has them, with the way back to it', async () => {
    const { page } = await openWindow({ start: `${data}/dataset/wine/files?version=1` })
    await see(page.getByRole('button', { name: 'Open table of version 1' })).toBeVisible()
    await page.getByRole('link', { name: 'data/wine.csv' }).focus()
    await page.keyboard.press('Enter')
    await see(page).toHaveURL(/data\/version\/wine%401\/data%2Fwine\.csv$/)
    await see(page.getByText('as version 1 has it')).toBeVisible()
    await see(page.getByRole('grid', { name: 'Rows of data/wine.csv' })).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('main', { name: 'Data' }).getByRole('link', { name: 'wine', exact: true }).click()
    await see(page).toHaveURL(/dataset\/wine\/files\?version=1$/)
  })

  it('is reached from its node in a lineage', async () => {
    const { page, server } = await openWindow({ start: `${data}/dataset/wine` })
    const node = {
      id: 'file:dataset/wine@1',
      kind: 'file',
      digest: null,
      name: 'wine@1',
      runId: null,
      at: null,
    } as const
    server.core.lineage.walk = async () => ({ nodes: [node], edges: [] })
    await page.getByRole('tab', { name: 'Lineage' }).click()
    await page.getByTitle('wine@1').click()
    await see(page.getByRole('link', { name: 'Open the dataset' })).toHaveAttribute('href', /dataset\/wine\?version=1$/)
    await page.getByLabel('As a picture').uncheck()
    await page.getByRole('table', { name: 'Lineage' }).getByRole('link', { name: 'wine@1' }).focus()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Enter')
    await see(page.getByText(/This is version 1 of .*; the newest is 2/)).toBeVisible()
  })

  it('lists a page of a folder, then more of it', async () => {
    const { page } = await openWindow({ start: `${data}/dataset/labels/files` })
    const files = page.getByRole('table', { name: 'Files' })
    await see(files.getByRole('row')).toHaveCount(201)
    await see(page.getByText('240 files against version 1: 1 changed, 1 new, 1 gone, 237 the same.')).toBeVisible()
    await page.getByRole('button', { name: 'Show more of 240' }).click()
    await see(files.getByRole('row')).toHaveCount(241)
  })

  it('is not restored when its bytes are not kept, and says so', async () => {
    const { page } = await openWindow({ start: `${data}/dataset/wine/versions` })
    const restore = page.getByRole('button', { name: 'Restore version 1' })
    await see(restore).toHaveAttribute('aria-disabled', 'true')
    await restore.focus()
    await see(page.getByRole('tooltip')).toContainText('recorded by digests alone')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Restore version 2' }).click()
    const dialog = page.getByRole('dialog', { name: 'Restore version 2 of wine?' })
    await see(dialog).toContainText('1 file overwritten')
    expect(await findBarriers(page)).toEqual([])
  })

  it('says what is wrong with a comparison, and that there is no such dataset', async () => {
    const { page, server } = await openWindow({ start: `${data}/dataset/wine` })
    await see(page.getByRole('table', { name: 'Columns' })).toBeVisible()
    server.core.data.refuse(fail('data/keyUnfit', { columns: ['grade'], reason: 'several rows have the same value' }))
    await page.getByRole('tab', { name: 'Changes' }).click()
    const tabs = page.getByRole('main', { name: 'Data' }).getByRole('tabpanel')
    await see(tabs.getByRole('alert')).toContainText('Rows cannot be matched by grade')
    server.core.data.refuse(null)
    await page.getByRole('button', { name: 'Compare again' }).click()
    await see(page.getByRole('table', { name: 'Rows that differ' })).toBeVisible()
    await page.evaluate((hash) => {
      location.hash = hash
    }, `${data}/dataset/beer`)
    await see(page.getByText('There is no dataset beer')).toBeVisible()
    expect(await findBarriers(page)).toEqual([])
  })
})
