import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openExecution } from './open-execution.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

const code = `
from pathlib import Path
from slipway import step

@step
def report(*, title: str = "first"):
    Path("out").mkdir(exist_ok=True)
    Path("out/report.txt").write_text(f"title: {title}")
    return len(title)

@step
def summary(report):
    return Path("out/report.txt").read_text()
`

async function open() {
  const opened = await openExecution({ 'pipeline.py': code })
  const file = join(opened.folder, 'out', 'report.txt')
  return { ...opened, file, text: () => readFileSync(file, 'utf8') }
}

async function trashed(slipwayFolder: string): Promise<readonly string[]> {
  const folder = join(slipwayFolder, 'trash', 'files')
  const names = existsSync(folder) ? await readdir(folder, { recursive: true }) : []
  return names.filter((name) => name.endsWith('.txt')).map((name) => readFileSync(join(folder, name), 'utf8'))
}

describe('side files', () => {
  it('records a file that a step wrote, as made by it', async () => {
    const { run, lineage } = await open()
    const { steps } = await run()
    const graph = lineage.walk(`stepRun:${steps[0]?.id}`, 'down')
    expect(graph.nodes.some(({ name }) => name === 'out/report.txt')).toBe(true)
    expect(graph.nodes.some(({ id }) => id === `stepRun:${steps[1]?.id}`)).toBe(true)
  })

  it('restores a missing one when the step is cached', async () => {
    const { run, file, text } = await open()
    await run()
    await rm(file)
    expect((await run()).states).toEqual({ report: 'cached', summary: 'cached' })
    expect(text()).toBe('title: first')
  })

  it('puts back the one that belongs to the result that is reused', async () => {
    const { run, text, slipwayFolder } = await open()
    await run()
    await run({ params: { 'report.title': 'other' } })
    expect(text()).toBe('title: other')
    expect((await run()).states).toEqual({ report: 'cached', summary: 'cached' })
    expect(text()).toBe('title: first')
    expect(await trashed(slipwayFolder)).toEqual([])
  })

  it('makes the step stale when it was edited by hand, says so, and keeps a copy', async () => {
    const { run, plan, write, text, slipwayFolder } = await open()
    await run()
    write('out/report.txt', 'my own notes')
    expect((await plan()).steps[0]).toMatchObject({
      state: 'stale',
      reasons: [{ kind: 'file', name: 'out/report.txt' }],
    })
    expect((await run()).states).toEqual({ report: 'completed', summary: 'cached' })
    expect(text()).toBe('title: first')
    expect(await trashed(slipwayFolder)).toEqual(['my own notes'])
  })

  it('says what is in the way of one that is to be restored', async () => {
    const { run, file } = await open()
    await run()
    await rm(file)
    await mkdir(join(file, 'inside'), { recursive: true })
    const { run: record } = await run()
    expect(record).toMatchObject({ state: 'failed', failure: { code: 'execution/sideFileBlocked' } })
    expect(existsSync(join(file, 'inside'))).toBe(true)
    await rm(file, { recursive: true })
    expect((await run()).states).toEqual({ report: 'cached', summary: 'cached' })
  })

  it('is no reason to run again that a step reads back what it wrote', async () => {
    const append = `
from slipway import step

@step
def log():
    with open("log.txt", "a") as file:
        file.write("ran\\n")
    return open("log.txt").read()
`
    const { run } = await openExecution({ 'pipeline.py': append })
    await run()
    expect((await run()).states).toEqual({ log: 'cached' })
  })
})
