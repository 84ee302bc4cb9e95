import { serveFixture } from '../fakes/fixture-server.ts'
import { launchBrowser, openPage } from './browser.ts'
const base = '#/project/wine-grades-1f3a'
const [folder = '/tmp/w/shots', themes='light', sizes='1440x900', ...names] = process.argv.slice(2)
const screens: any[] = [
  ['runs', `${base}/runs`], ['run', `${base}/runs`, async (p: any) => { await p.getByRole('gridcell').nth(1).dblclick() }],
  ['compare', `${base}/runs`, async (p: any) => { const b = p.getByRole('checkbox', {name: /Select run/}); await b.nth(0).click(); await b.nth(1).click(); await p.getByRole('button', {name: /Compare 2/}).click() }],
  ['lineage', `${base}/runs`, async (p: any) => { await p.getByRole('gridcell').nth(1).dblclick(); await p.getByRole('tab', {name: 'Lineage'}).click() }],
  ['artifacts', `${base}/runs`, async (p: any) => { await p.getByRole('gridcell').nth(1).dblclick(); await p.getByRole('tab', {name: /Artifacts/}).click() }],
  ['models', `${base}/models`], ['signature', `${base}/models`, async (p: any) => { await p.getByRole('tab', {name: 'Signature'}).click() }], ['ship', `${base}/ship`], ['environments', `${base}/environments`],
]
const browser = await launchBrowser()
for (const [name, start, prepare] of screens.filter(([n]) => names.length === 0 || names.includes(n))) for (const theme of themes.split(',')) for (const size of sizes.split(',')) {
  const [width, height] = size.split('x').map(Number)
  const server = await serveFixture({ start, stepMs: 60 })
  const page = await openPage(browser, { theme, width, height } as any)
  page.on('pageerror', (e: any) => console.error(name, e.stack)); page.on('console', (m: any) => m.type() === 'error' && console.error(name, m.text()))
  await page.goto(server.url)
  try { await page.waitForTimeout(500); await prepare?.(page) } catch (e) { console.error(name, String(e)) }
  await page.waitForTimeout(900)
  await page.screenshot({ path: `${folder}/${name}-${theme}-${width}.png` })
  await page.close(); await server.close()
}
await browser.close()
process.exit(0)
