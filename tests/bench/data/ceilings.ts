import { createHash } from 'node:crypto'
import { closeSync, linkSync, lstatSync, openSync, readSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender } from '../harness/bench.ts'
import { runProgram } from '../harness/measure.ts'
import { listFiles, settledMs, smallFileBytes, type Work } from './work.ts'

export function hashCeiling({ master }: Work): Contender {
  const piece = Buffer.allocUnsafeSlow(4 * 1024 * 1024)
  return {
    name: 'bare SHA-256',
    about: 'read from memory and hashed by one thread; nothing is kept',
    ceiling: true,
    async work() {
      for (const path of listFiles(master, '')) {
        const hash = createHash('sha256')
        const fd = openSync(join(master, path), 'r')
        for (let read = 1; read > 0; ) {
          read = readSync(fd, piece, 0, piece.length, null)
          hash.update(piece.subarray(0, read))
        }
        closeSync(fd)
        hash.digest()
      }
      return undefined
    },
  }
}

export function syncedCopyCeiling({ master }: Work, folder: string): Contender {
  const copy = join(folder, 'copied.bin')
  return {
    name: 'a synced copy',
    about: 'dd bs=4M oflag=direct conv=fsync; nothing is hashed',
    ceiling: true,
    reset: async () => rmSync(copy, { force: true }),
    async work() {
      const [name = ''] = listFiles(master, '')
      await runProgram('dd', [
        `if=${join(master, name)}`,
        `of=${copy}`,
        'bs=4M',
        'oflag=direct',
        'conv=fsync',
        'status=none',
      ])
      return undefined
    },
  }
}

export function linkCeiling({ master }: Work, folder: string): Contender {
  const target = join(folder, 'linked')
  return {
    name: 'hard links',
    about: 'linkSync of every file into one folder; nothing is read',
    ceiling: true,
    async reset() {
      rmSync(target, { recursive: true, force: true })
      await mkdir(target)
    },
    async work() {
      for (const [number, path] of listFiles(master, '').entries())
        linkSync(join(master, path), join(target, String(number)))
      return undefined
    },
  }
}

export function statCeiling({ master }: Work): Contender {
  return {
    name: 'stat of every file',
    about: 'readdir and lstatSync',
    ceiling: true,
    async work() {
      let bytes = 0
      for (const path of listFiles(master, '')) bytes += lstatSync(join(master, path)).size
      if (bytes % smallFileBytes !== 0) throw new Error('other files than were made')
      return undefined
    },
  }
}

export async function gitIndexCeiling({ master }: Work, folder: string): Promise<Contender> {
  const project = join(folder, 'git-index')
  const git = (...args: string[]) => runProgram('git', args, { cwd: project, env: { GIT_CONFIG_GLOBAL: '/dev/null' } })
  await mkdir(project)
  await git('init', '-q')
  await runProgram('cp', ['-r', '--reflink=never', master, join(project, 'data')])
  await sleep(settledMs)
  // Else git packs what was added in a process that it leaves behind, beside what is measured.
  await git('config', 'gc.auto', '0')
  await git('add', 'data')
  await git('-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-q', '-m', 'data')
  return {
    name: 'the index of git',
    about: 'git status --porcelain -uno, its own process; SHA-1',
    ceiling: true,
    work: async () => {
      await git('status', '--porcelain', '-uno')
      return undefined
    },
  }
}
