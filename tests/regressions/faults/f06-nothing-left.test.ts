import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createSmallDisk } from '../../builders/small-disk.ts'
import { openExecution } from '../../core/execution/open-execution.ts'
import { removeTestFolders, testFolder } from '../../core/execution/test-folder.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'
import { checkAfterCrash } from './check-after-crash.ts'
import { recordRounds } from './record-rounds.ts'

afterAll(removeTestFolders)

const isRoot = process.getuid?.() === 0
const coreProcess = resolve(import.meta.dirname, '../../core/execution/core-process.ts')

describe.skipIf(!isRoot)('f06 a disk without inodes', () => {
  it('f06 refuses by name and keeps what was acknowledged; a file less, and recording goes on', async () => {
    const disk = createSmallDisk('size=64m,nr_inodes=40')
    try {
      const folder = join(disk.folder, 'project')
      const at = await openRecording(folder)
      const said: string[] = []
      const unused = await at.store.putBytes('unused', 'x/y')
      const error = await recordRounds(at, 1_000, (line) => said.push(line)).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'store/full' })
      expect(said.length).toBeGreaterThan(10)
      expect(await at.store.moveToTrash([unused.digest])).toEqual([unused.digest])
      disk.remount('nr_inodes=400')
      await recordRounds(at, 2, (line) => said.push(line))
      at.database.close()
      await checkAfterCrash(folder, said, () => false)
    } finally {
      disk.remove()
    }
  })
})

const pipeline = `from slipway import step

@step
def work():
    print("at work", flush=True)
    return {"value": 1}
`

/** A core in a process of its own, which can be given less of something than this one. */
const core = (folder: string) => [coreProcess, folder, testFolder('home')]

describe('f06 a process that may open few files', () => {
  it.each([22, 24, 26, 28, 30, 32, 36])(
    'f06 %i of them: it refuses by name or runs through; the records stay sound',
    async (most) => {
      const opened = await openExecution({ 'pipeline.py': pipeline })
      opened.database.close()
      const said = execFileSync('prlimit', [`--nofile=${most}`, process.execPath, ...core(opened.folder)], {
        encoding: 'utf8',
      })
      expect(said).toMatch(/ended (completed|failed)|refused (?!host\/unexpected)/)
      const again = await openExecution(null, { folder: opened.folder })
      await again.execution.recover({ alone: true })
      expect(again.database.findDamage()).toEqual([])
      expect((await again.store.verifyAll()).damage).toEqual([])
      expect((await again.run({ noCache: true })).run.failure).toBeNull()
      again.database.close()
    },
  )
})

/** A control group that counts processes, where this system lets us make one. */
function makeProcessGroup(): string | null {
  for (const parent of ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']) {
    const folder = join(parent, `slipway-test-${process.pid}`)
    try {
      mkdirSync(folder)
    } catch {
      continue
    }
    if (existsSync(join(folder, 'pids.max'))) return folder
    rmdirSync(folder)
  }
  return null
}

describe.skipIf(!isRoot)('f06 a system that lets no further process start', () => {
  it('f06 the run fails and says so, and the next one runs through', async () => {
    const opened = await openExecution({ 'pipeline.py': pipeline })
    opened.database.close()
    const group = makeProcessGroup() as string
    expect(group, 'a control group for processes is needed').not.toBeNull()
    const limited = spawn(process.execPath, core(opened.folder), { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    writeFileSync(join(group, 'cgroup.procs'), String(limited.pid))
    limited.stdout.on('data', (chunk: Buffer) => {
      // From its plan on it may start nothing more: what it has is all that it may have.
      if (said === '') writeFileSync(join(group, 'pids.max'), readFileSync(join(group, 'pids.current')))
      said += chunk.toString()
    })
    await new Promise((done) => limited.once('close', done))
    rmdirSync(group)
    const again = await openExecution(null, { folder: opened.folder })
    await again.execution.recover({ alone: true })
    const { run } = again.queries.get('latest')
    expect(run).toMatchObject({
      state: 'failed',
      failure: { code: 'execution/stepFailed', remedy: expect.stringContaining('raise the limit') },
    })
    expect((await again.run()).run.failure).toBeNull()
    expect(readdirSync(join(again.slipwayFolder, 'tmp'))).toEqual([])
    again.database.close()
  })
})
