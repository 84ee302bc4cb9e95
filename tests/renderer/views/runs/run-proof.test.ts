import { describe, expect, it } from 'vitest'
import { buildAddress, findBarriers, prepareWindows, runStale, see } from '../../window-under-test.ts'

const openWindow = prepareWindows()

async function openProof(stepMs = 40) {
  const { page, server } = await openWindow({ start: buildAddress, trusted: true, stepMs })
  await runStale(page)
  const run = (await server.core.runs.list({})).runs[0]?.id as string
  await page.evaluate((id) => {
    window.location.hash = `#/project/wine-grades-1f3a/runs/${id}`
  }, run)
  await page.getByRole('button', { name: 'Prove it' }).press('Enter')
  const panel = page.getByRole('region', { name: 'Proof of the run' })
  await see(panel.getByText('Never proved')).toBeVisible()
  return { page, server, panel, run }
}

describe('the proof of a run', () => {
  it('goes from never proved to a verdict, its first difference and the cause, by keys alone, and axe finds nothing', async () => {
    const { page, server, panel, run } = await openProof()
    expect(await findBarriers(page)).toEqual([])
    await panel.getByRole('button', { name: 'Prove it' }).press('Enter')
    await see(panel.getByText(/all \d+ results of \d+ steps came out the same/)).toBeVisible()
    await see(panel.getByRole('table', { name: 'Results compared' })).toContainText('confusion')
    await panel.getByRole('button', { name: 'Prove it again' }).press('Enter')
    await see(panel.getByText(/first difference is in step split, train, column alcohol, row 17/)).toBeVisible()
    await panel.getByRole('button', { name: 'Find out why' }).press('Enter')
    await see(panel.getByText(/depends on random numbers without a seed/)).toBeVisible()
    await panel.getByText(/^What was tried/).press('Enter')
    await see(panel.getByText('the same again: gives something else').first()).toBeVisible()
    await see(panel.getByRole('table', { name: 'Earlier proofs' }).getByRole('row')).toHaveCount(3)
    expect(await findBarriers(page)).toEqual([])
    expect(await server.core.proofs.list(run)).toHaveLength(3)
  }, 180_000)

  it('shows where it stands and is cancelled', async () => {
    const { page, server, panel, run } = await openProof(2_000)
    await panel.getByRole('button', { name: 'Prove it' }).press('Enter')
    await see(panel.getByText(/Execute again|Make environment|Read records/).first()).toBeVisible()
    await panel.getByRole('button', { name: 'Stop' }).press('Enter')
    await see(panel.getByText('Never proved')).toBeVisible()
    expect(await server.core.proofs.list(run)).toHaveLength(0)
    expect(await findBarriers(page)).toEqual([])
  }, 180_000)
})
