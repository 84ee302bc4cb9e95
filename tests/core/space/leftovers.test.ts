import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeFreed } from '../../../core/domain/space-words.ts'
import { createSpace } from '../../../core/space/create-space.ts'
import { openRecording, type Recording } from '../tracking/open-recording.ts'
import { holdDatabase } from './hold-database.ts'

let at: Recording
beforeEach(async () => {
  at = await openRecording()
})
afterEach(() => at.close())

const call = { report: () => undefined, signal: new AbortController().signal }
const open = (work: () => null | { sinceMs: number; ended: Promise<unknown> } = () => null) =>
  createSpace({
    ...at,
    slipwayFolder: at.folder,
    runs: { deleted: at.runs.deleted, end: at.recorder.endDeletedRuns },
    work,
  })

describe('output of step runs that was left', () => {
  const logs = () => readdirSync(join(at.folder, 'logs')).sort()
  const write = (name: string, days = 2) => {
    const file = join(at.folder, 'logs', name)
    writeFileSync(file, 'x'.repeat(1_000))
    const time = new Date(Date.now() - days * 86_400_000)
    utimesSync(file, time, time)
  }

  it('goes to the trash once no run shows it; what is shown, young or not ours stays', async () => {
    mkdirSync(join(at.folder, 'logs'), { recursive: true })
    const { runId, stepRunIds } = at.startRun(['stored', 'lost', 'going'])
    const [stored, lost, going] = ['stored', 'lost', 'going'].map((step) => stepRunIds[step] as string)
    await at.doStep(stored as string, { step: 'stored', log: 'in the store\n' })
    for (const id of [stored, lost, going]) write(`${id}.log`)
    for (const name of ['aaaabbbbccccdddd.log', 'aaaabbbbccccdddd.log.tail', 'notes.txt', 'aaaa.log']) write(name)
    write('bbbbbbbbbbbbbbbb.log', 0)
    symlinkSync('/etc/hostname', join(at.folder, 'logs', 'cccccccccccccccc.log'))
    const space = open()
    expect((await space.survey()).logs).toEqual({ count: 3, bytes: 3_000 })
    const before = logs()
    const freed = await space.clear({}, call)
    expect([freed.logs, freed.moved.count]).toEqual([{ count: 3, bytes: 3_000 }, 0])
    const gone = [`${stored}.log`, 'aaaabbbbccccdddd.log', 'aaaabbbbccccdddd.log.tail']
    expect(logs()).toEqual(before.filter((name) => !gone.includes(name)))
    expect((await space.survey()).resting).toEqual({ count: 1, bytes: 3_000 })
    expect(describeFreed(freed).join(' ')).toContain('3 things (3 kB) of output that no run shows any more')
    at.finish(runId)
    const emptied = await space.clear({ emptyTrash: true }, call)
    expect(emptied.ended).toEqual({ count: 1, bytes: 3_000 })
    expect(describeFreed(emptied).join(' ')).toMatch(
      /^1 thing \(3 kB\) ended\. [^.]*(\.\d)? \w+ are free on the disk\.$/,
    )
    expect(existsSync(join(at.folder, 'logs', `${lost}.log`))).toBe(true)
  })
})

describe('the file of the records', () => {
  const size = () => statSync(at.database.file).size
  const fill = (words: string) => {
    at.database
      .prepare(
        `WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 4000)
         INSERT INTO lineage_node (id, kind, name) SELECT 'params:' || ? || at, 'params', hex(zeroblob(500)) FROM n`,
      )
      .run([words])
  }
  /** Some megabytes of the file become free. */
  function grow(): void {
    fill('a')
    at.database.prepare(`DELETE FROM lineage_node WHERE id LIKE 'params:a%'`).run()
  }
  async function record() {
    const { runId, stepRunIds } = at.startRun(['work'])
    await at.doStep(stepRunIds.work as string, { step: 'work', log: 'at work\n' })
    at.finish(runId)
    return runId
  }

  it('is made smaller when much of it is free, and all goes on as before', async () => {
    const first = await record()
    expect((await open().clear({}, call)).records).toBeNull()
    grow()
    const freed = await open().clear({}, call)
    expect(freed.records).toMatchObject({ state: 'shrunk' })
    expect(freed.records?.bytes).toBeGreaterThan(2_000_000)
    expect(size()).toBeLessThan(1_000_000)
    expect(describeFreed(freed).join(' ')).toContain('The file of the records is')
    const second = await record()
    expect(at.runs.list({}).runs.map(({ id }) => id)).toEqual([second, first])
    expect((await at.runs.columns(['id'])).count).toBe(2)
    expect(at.database.findDamage()).toEqual([])
    expect((await open().clear({ emptyTrash: true }, call)).records).toBeNull()
  })

  it('is made smaller by another process: what is read meanwhile is answered', async () => {
    const first = await record()
    grow()
    let isOver = false
    const shrinking = at.database.shrink(1e12).finally(() => {
      isOver = true
    })
    let answers = 0
    for (; !isOver; await sleep(20)) if (at.runs.list({}).runs[0]?.id === first) answers++
    expect(await shrinking).toMatchObject({ state: 'shrunk' })
    expect(answers).toBeGreaterThan(1)
    expect(at.database.findDamage()).toEqual([])
  })

  it('is left as it is where something is written meanwhile, which waits for nothing', async () => {
    grow()
    const before = size()
    const shrinking = at.database.shrink(1e12)
    expect(await at.database.shrink(1e12)).toBeNull()
    const first = await record()
    expect(await shrinking).toMatchObject({ state: 'kept', why: 'busy' })
    expect(at.runs.list({}).runs.map(({ id }) => id)).toEqual([first])
    expect(at.database.findDamage()).toEqual([])
    expect(size()).toBeGreaterThanOrEqual(before)
    expect(await at.database.shrink(1e12)).toMatchObject({ state: 'shrunk' })
  })

  it('waits while something goes on, and where the disk has no room for its copy', async () => {
    grow()
    const before = size()
    const going = { sinceMs: Date.now(), ended: Promise.resolve() }
    expect((await open(() => going).clear({}, call)).records).toBeNull()
    expect(await at.database.shrink(1_000)).toMatchObject({ state: 'kept', why: 'noRoom' })
    expect(size()).toBeGreaterThanOrEqual(before)
    expect(at.database.findDamage()).toEqual([])
  })

  it.each([
    ['writes', 'BEGIN IMMEDIATE'],
    ['reads', 'BEGIN'],
  ])('is left while another program %s it, and no record is lost', async (_, begin) => {
    const first = await record()
    grow()
    const held = await holdDatabase(at.database.file, begin)
    const records = await at.database.shrink(1e12)
    await held.end()
    expect(records).toMatchObject({ state: 'kept', why: 'busy' })
    const freed = await open().clear({}, call)
    expect(describeFreed({ ...freed, records }).join(' ')).toContain('made smaller another time')
    const second = await record()
    expect(at.runs.list({}).runs.map(({ id }) => id)).toEqual([second, first])
    expect(at.database.findDamage()).toEqual([])
    at.database.close()
    expect(size()).toBeLessThan(1_000_000)
  })
})
