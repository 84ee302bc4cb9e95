import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { parseDigest } from '../../../core/domain/digest.ts'
import { createStepLog } from '../../../core/execution/step-log.ts'
import { createSpace } from '../../../core/space/create-space.ts'
import { createStore } from '../../../core/store/create-store.ts'
import { createSmallDisk, fillDisk, type SmallDisk } from '../../builders/small-disk.ts'
import { openExecution } from '../../core/execution/open-execution.ts'
import { removeTestFolders } from '../../core/execution/test-folder.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'
import { checkAfterCrash } from './check-after-crash.ts'
import { recordRounds } from './record-rounds.ts'

let disk: SmallDisk
afterEach(() => disk.remove())
afterAll(removeTestFolders)

const full = /^(database|store)\/full$/

describe.skipIf(process.getuid?.() !== 0)('f05 a disk that is full', () => {
  it('f05 while things are recorded: refused by name, what was acknowledged stands, sweeping makes room, recording goes on', async () => {
    disk = createSmallDisk('size=4m')
    const folder = join(disk.folder, 'project')
    const at = await openRecording(folder)
    const said: string[] = []
    const say = (line: string) => said.push(line)
    const unused = await at.store.putBytes(randomBytes(600_000), 'x/y')
    for (let refusals = 0; refusals < 3; refusals++) {
      const error = await recordRounds(at, 1_000, say).catch((thrown) => thrown)
      expect(error.code).toMatch(full)
    }
    expect(said.length).toBeGreaterThan(10)
    expect(at.database.findDamage()).toEqual([])
    const used = said.filter((line) => line.startsWith('put')).map((line) => parseDigest(line.split(' ')[1] as string))
    const runs = said.filter((line) => line.startsWith('step')).map((line) => line.split(' ')[1] as string)
    for (const run of runs) expect(at.runs.get(run).steps).toMatchObject([{ state: 'completed' }])

    const keep = new Set(blobsOf(at.store.folder).filter((digest) => digest !== unused.digest))
    const swept = await at.store.sweepUnreferenced(keep, { olderThanMs: 0 })
    expect(swept.map(({ digest }) => digest)).toEqual([unused.digest])
    expect(await at.store.emptyTrash(0)).toEqual({ count: 1, bytes: 600_000 })
    expect(used.every((digest) => at.store.has(digest))).toBe(true)
    await recordRounds(at, 2, say)
    expect(said.at(-1)).toMatch(/^finished /)
    at.database.close()
    await checkAfterCrash(folder, said, () => false)
  })

  it('f05 to the last byte: what nothing needs is given back all the same, and recording goes on', async () => {
    disk = createSmallDisk('size=6m')
    const folder = join(disk.folder, 'project')
    const at = await openRecording(folder)
    const said: string[] = []
    await recordRounds(at, 2, (line) => said.push(line))
    const other = await createStore(at.store.folder)
    for (let n = 0; n < 40; n++) await other.putBytes(randomBytes(50_000), 'x/y')
    fillDisk(disk.folder)
    await expect(other.putBytes('one more', 'x/y')).rejects.toMatchObject({ code: 'store/full' })
    const runs = { deleted: at.runs.deleted, end: at.recorder.endDeletedRuns }
    const space = createSpace({ ...at, slipwayFolder: folder, runs, work: () => null })
    const call = { report: () => undefined, signal: new AbortController().signal }
    expect(await space.survey({ olderThanMs: 0 })).toMatchObject({
      unused: { count: 40, bytes: 2_000_000 },
      freeBytes: 0,
    })
    const moved = await space.clear({ olderThanMs: 0 }, call)
    expect(moved).toMatchObject({ moved: { count: 40, bytes: 2_000_000 }, ended: { count: 0 } })
    const { ended, freeBytes } = await space.clear({ emptyTrash: true }, call)
    expect(ended).toEqual({ count: 40, bytes: 2_000_000 })
    expect(freeBytes).toBeGreaterThanOrEqual(2_000_000)
    await recordRounds(at, 2, (line) => said.push(line))
    at.database.close()
    await checkAfterCrash(folder, said, () => false)
  })

  it('f05 to the last byte: the file of the records is left as it is where there is no room to make it smaller', async () => {
    disk = createSmallDisk('size=12m')
    const folder = join(disk.folder, 'project')
    let at = await openRecording(folder)
    const said: string[] = []
    await recordRounds(at, 2, (line) => said.push(line))
    at.database
      .prepare(
        `WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 3000)
         INSERT INTO lineage_node (id, kind, name) SELECT 'params:' || at, 'params', hex(zeroblob(500)) FROM n`,
      )
      .run()
    // A part stays: what is rewritten is more than the log of the database has room for.
    at.database.prepare(`DELETE FROM lineage_node WHERE id LIKE 'params:%' AND id >= 'params:2'`).run()
    // So that its log has to find room anew.
    at.database.close()
    at = await openRecording(folder)
    fillDisk(disk.folder)
    const runs = { deleted: at.runs.deleted, end: at.recorder.endDeletedRuns }
    const space = createSpace({ ...at, slipwayFolder: folder, runs, work: () => null })
    const call = { report: () => undefined, signal: new AbortController().signal }
    expect((await space.clear({}, call)).records).toMatchObject({ state: 'kept', why: 'noRoom' })
    // As where the disk fills only while it is rewritten.
    expect(await at.database.shrink(1e12)).toMatchObject({ state: 'kept', why: 'noRoom' })
    expect(at.database.findDamage()).toEqual([])
    disk.remount('size=60m')
    expect((await space.clear({}, call)).records).toMatchObject({ state: 'shrunk' })
    await recordRounds(at, 2, (line) => said.push(line))
    at.database.close()
    await checkAfterCrash(folder, said, () => false)
  })

  it('f05 while a log is written: what found no space is left out and marked, and it goes on with what came later', async () => {
    disk = createSmallDisk('size=1m')
    const file = join(disk.folder, 'step.log')
    const log = await createStepLog(file)
    for (let n = 0; n < 30; n++) await log.append(Buffer.alloc(100_000, 'x'))
    disk.remount('size=8m')
    await log.append(Buffer.from('after'))
    const { writtenBytes, lostBytes } = await log.close()
    const text = readFileSync(file, 'utf8')
    const [, lost] = /^x+\n… (\d+) bytes of output found no space on the disk …\nafter$/.exec(text) ?? []
    expect(Number(lost)).toBe(3_000_000 - text.indexOf('\n'))
    expect([writtenBytes, lostBytes]).toEqual([Buffer.byteLength(text), 0])
  })

  it.each([
    ['prints', 'print("x" * 6_000_000)'],
    ['logs an artifact', 'log_artifact(os.urandom(6_000_000), "large")'],
    ['logs metrics', 'for i in range(300_000): log_metric("m", i, iteration=i)'],
    ['writes a file', 'open("large.bin", "wb").write(os.urandom(6_000_000))'],
    ['returns', 'return os.urandom(6_000_000)'],
  ])('f05 while a step %s: the run fails and says so, and runs through once there is space', async (_, body) => {
    disk = createSmallDisk('size=5m')
    const code = `import os\nfrom slipway import step, log_artifact, log_metric\n\n@step\ndef work():\n    ${body}\n`
    const opened = await openExecution(null, { folder: writeProject(join(disk.folder, 'project'), code) })
    // The end of a run that finds no space even to be recorded comes as the failure of the job.
    const failed = await opened.run().then(
      ({ run }) => run.failure,
      (error) => error,
    )
    expect(failed).toMatchObject({ code: expect.stringMatching(full), message: expect.stringContaining('no space') })
    expect(opened.database.findDamage()).toEqual([])
    disk.remount('size=200m')
    const again = await opened.run()
    expect(again.run).toMatchObject({ state: 'completed', failure: null })
    expect(opened.queries.list({}).runs.map(({ state }) => state)).toEqual(['completed', 'failed'])
    expect((await opened.store.verifyAll()).damage).toEqual([])
    opened.database.close()
  })
})

const blobsOf = (folder: string) =>
  readdirSync(join(folder, 'blobs/sha256')).map((name) => parseDigest(`sha256:${name}`))

function writeProject(folder: string, code: string): string {
  mkdirSync(folder)
  writeFileSync(join(folder, 'slipway.toml'), 'name = "t"\npipeline = ["pipeline.py"]\n')
  writeFileSync(join(folder, 'pipeline.py'), code)
  return folder
}
