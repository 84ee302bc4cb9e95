import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { makeDiskFolder } from './disk-folder.ts'

/** A disk of 64 MiB at `folder` whose power can be cut. Only the superuser can have one. */
export type CuttableDisk = {
  readonly folder: string
  /** From now on what was not synced is lost and every write fails. */
  cut(): Promise<void>
  /** The system takes it for damaged and makes it read-only, whatever is open. */
  turnReadOnly(): Promise<void>
  /** Power again; nothing on the disk may be open then. */
  restore(): Promise<void>
  remove(): Promise<void>
}

export async function createCuttableDisk(...mkfsOptions: readonly string[]): Promise<CuttableDisk> {
  const base = makeDiskFolder('cut')
  const folder = mkdtempSync(join(base, 'disk-'))
  const script = join(import.meta.dirname, 'power_cut.py')
  const disk = spawn('python3', [script, folder, ...mkfsOptions], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = readLines(disk)
  if ((await answers.next()).value !== 'ready') throw new Error('no disk could be made; it takes the superuser')

  async function ask(command: string): Promise<void> {
    disk.stdin.write(`${command}\n`)
    const { value } = await answers.next()
    if (value !== 'done') throw new Error(`the disk answers to "${command}": ${value}`)
  }
  return {
    folder,
    cut: () => ask('cut'),
    turnReadOnly: () => ask('hurt'),
    restore: () => ask('back'),
    async remove() {
      const gone = new Promise((done) => disk.once('close', done))
      disk.stdin.end()
      await gone
      rmSync(base, { recursive: true, force: true })
    },
  }
}

async function* readLines(disk: ChildProcessByStdio<Writable, Readable, null>): AsyncGenerator<string> {
  let text = ''
  for await (const chunk of disk.stdout) {
    text += chunk
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
}
