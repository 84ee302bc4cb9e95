import { createHash } from 'node:crypto'
import { closeSync, linkSync, lstatSync, openSync, readSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Keeper } from './data/keeper.ts'
import { openPeers } from './data/peers.ts'
import { buildCore, openApp, openShell } from './data/slipway.ts'
import {
  bytesBelow,
  changeOne,
  copyMaster,
  digestTree,
  listFiles,
  makeLargeFile,
  makeSmallFiles,
  makeTables,
  replaceWith,
  smallFileBytes,
  type Work,
} from './data/work.ts'
import type { Bench, Contender } from './harness/bench.ts'
import { runProgram } from './harness/measure.ts'

/** A file that was written a moment ago may be written again within one tick of the disk's clock: nobody trusts it yet. */
const settledMs = 2_500

export const bench: Bench = {
  title: 'keeping data: added, unchanged, one file changed, a table that grew',
  async *cases({ quick, folder, wants, note }) {
    const count = quick ? 1_000 : 20_000
    const largeBytes = (quick ? 128 : 1024) * 1024 ** 2
    await buildCore(note)
    const use = { folder, note }
    const copying = [openApp(use, false), openShell(use, false)]
    const linking = [openApp(use, true), openShell(use, true)]
    const peers = await openPeers(use)
    const all = [...copying, ...linking, ...peers]
    const finish = async () => {
      for (const one of all) await one.close?.()
    }
    try {
      if (wants('one large file')) {
        const large = await makeLargeFile(folder, largeBytes)
        const adding = (keepers: readonly Keeper[]) => keepers.map((one) => contend(one, () => startAnew(one, large)))
        yield {
          name: `one large file (${large.name}), added`,
          goal: 'linked ≤ 0.70 s, ≥ 4× annex; ≥ 8× git-lfs, ≥ 7× dvc',
          contenders: [
            ...adding([...linking, ...copying, ...peers]),
            hashCeiling(large),
            syncedCopyCeiling(large, folder),
          ],
        }
      }
      const small = wants('small files') ? await makeSmallFiles(folder, count) : null
      if (small !== null) {
        const named = (what: string) => `small files (${small.name}), ${what}`
        const keepers = [...copying, ...linking, ...peers]
        yield {
          name: named('added'),
          goal: '≥ 4× restic, ≥ 7× dvc',
          contenders: [
            ...keepers.map((one) => contend(one, () => startAnew(one, small))),
            hashCeiling(small),
            linkCeiling(small, folder),
          ],
        }
        for (const one of keepers) await startAnew(one, small)
        yield {
          name: named('unchanged'),
          goal: 'app ≤ 80 ms for 20,000, ≥ 25× dvc, within 4× of the index of git',
          contenders: [
            ...keepers.map((one) => contend(one, (round) => knowAll(one, round))),
            statCeiling(small),
            await gitIndexCeiling(small, folder),
          ],
        }
        yield {
          name: named('one changed'),
          goal: 'as unchanged',
          contenders: keepers.map((one) =>
            contend(one, async (round) => {
              await knowAll(one, round)
              changeOne(one.data, count, round)
              await runProgram('sync', [])
            }),
          ),
        }
      }
      if (wants('table')) {
        const { base, grown } = await makeTables(folder, quick ? 1_000_000 : 10_000_000)
        note(`The table holds ${base.bytes} bytes, the grown one ${grown.bytes}.`)
        yield {
          name: 'table (Parquet, 1 % of rows appended), added again',
          goal: 'stores about the 1 %; see the bytes',
          contenders: [...copying, ...peers].map((one) => growing(one, base, grown)),
        }
      }
    } finally {
      await finish()
    }
  },
}

function contend(keeper: Keeper, reset?: (round: number) => Promise<void>): Contender {
  return {
    name: keeper.name,
    about: keeper.about,
    ...(reset && { reset }),
    work: async () => {
      await keeper.add()
      return undefined
    },
    output: async () => digestTree(await keeper.restore()),
    processes: () => keeper.processes?.() ?? [],
  }
}

/** Nothing kept, the data as new, and the disk idle. */
async function startAnew(keeper: Keeper, work: Work): Promise<void> {
  await keeper.clear()
  await copyMaster(work, keeper.data)
  await runProgram('sync', [])
}

/** Everything was kept before and is known to it; comparing outputs may have written the files anew. */
async function knowAll(keeper: Keeper, round: number): Promise<void> {
  if (round <= 0) await sleep(settledMs)
  await keeper.add()
}

/** Says what its store grew by, too. */
function growing(keeper: Keeper, base: Work, grown: Work): Contender {
  let before = 0
  let grewBy = 0
  return {
    ...contend(keeper, async () => {
      await startAnew(keeper, base)
      await keeper.add()
      before = bytesBelow(keeper.stored)
      await replaceWith(grown, keeper.data)
      await runProgram('sync', [])
    }),
    get about() {
      return `its store grew by ${(grewBy / 1e6).toFixed(2)} MB for ${((grown.bytes - base.bytes) / 1e6).toFixed(2)} MB more; ${keeper.about}`
    },
    async output() {
      grewBy = bytesBelow(keeper.stored) - before
      return digestTree(await keeper.restore())
    },
  }
}

const nothing = async () => undefined

function hashCeiling({ master }: Work): Contender {
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
      return nothing()
    },
  }
}

function syncedCopyCeiling({ master }: Work, folder: string): Contender {
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

function linkCeiling({ master }: Work, folder: string): Contender {
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

function statCeiling({ master }: Work): Contender {
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

async function gitIndexCeiling({ master }: Work, folder: string): Promise<Contender> {
  const project = join(folder, 'git-index')
  const git = (...args: string[]) => runProgram('git', args, { cwd: project, env: { GIT_CONFIG_GLOBAL: '/dev/null' } })
  await mkdir(project)
  await git('init', '-q')
  await runProgram('cp', ['-r', '--reflink=never', master, join(project, 'data')])
  await sleep(settledMs)
  await git('add', 'data')
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
