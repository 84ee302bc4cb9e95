import { setTimeout as sleep } from 'node:timers/promises'
import { openBytes } from './data/bytes.ts'
import { gitIndexCeiling, hashCeiling, linkCeiling, statCeiling, syncedCopyCeiling } from './data/ceilings.ts'
import type { Keeper } from './data/keeper.ts'
import { openLinkingPeers, openPeers } from './data/peers.ts'
import { openApp, openShell } from './data/slipway.ts'
import {
  bytesBelow,
  changeOne,
  copyMaster,
  digestTree,
  firstFolder,
  makeLargeFile,
  makeSmallFiles,
  makeTables,
  replaceWith,
  settledMs,
  type Work,
} from './data/work.ts'
import type { Bench, Contender } from './harness/bench.ts'
import { runProgram } from './harness/measure.ts'
import { buildCore } from './harness/slipway.ts'

export const bench: Bench = {
  title: 'keeping data: added, unchanged, one file changed, a table that grew',
  async *cases({ quick, folder, wants, wantsPeer, note }) {
    const count = quick ? 1_000 : 20_000
    const largeBytes = (quick ? 128 : 1024) * 1024 ** 2
    await buildCore(note)
    const use = { folder, note }
    const copying = [openApp(use, false), openShell(use, false)]
    const [linking, peers, linkingPeers] = [
      openApp(use, true),
      await openPeers(use, wantsPeer),
      await openLinkingPeers(use, wantsPeer),
    ]
    const allPeers = [...peers, ...linkingPeers]
    const finish = async () => {
      for (const one of [...copying, linking, ...allPeers]) await one.close?.()
    }
    try {
      if (wants('one large file')) {
        const large = await makeLargeFile(folder, largeBytes)
        const adding = (keepers: readonly Keeper[]) => keepers.map((one) => contend(one, () => startAnew(one, large)))
        yield {
          name: `one large file (${large.name}), added`,
          goal: 'linked ≤ 0.70 s, ≥ 4× annex; ≥ 8× git-lfs, ≥ 7× dvc',
          contenders: [
            ...adding([linking, ...copying, ...allPeers]),
            hashCeiling(large),
            syncedCopyCeiling(large, folder),
          ],
        }
      }
      const named = (what: string) => `small files (${count} files of 50 KiB), ${what}`
      const wantsKept = [named('unchanged'), named('one changed')].some(wants)
      if (wantsKept || wants(named('added'))) {
        const small = await makeSmallFiles(folder, count)
        const keepers = [...copying, ...peers]
        if (wants(named('added')))
          yield {
            name: named('added'),
            goal: '≥ 4× restic, ≥ 7× dvc',
            contenders: [
              ...[...copying, linking, ...allPeers].map((one) => addSmall(one, small, count)),
              hashCeiling(small),
              linkCeiling(small, folder),
            ],
          }
        if (wantsKept) note('Every one keeps all of the small files …')
        if (wantsKept) for (const one of keepers) await startAnew(one, small)
        yield {
          name: named('unchanged'),
          goal: 'app ≤ 80 ms for 20,000, ≥ 25× dvc, within 4× of the index of git',
          contenders: [
            ...keepers.map((one) => contend(one, (round) => knowAll(one, round))),
            statCeiling(small),
            await gitIndexCeiling(small, folder),
          ].map(({ output: _, ...one }) => one),
        }
        // What they give back is compared here, before anything is timed and afterwards: for the case above as well.
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
        const { base, grown } = await makeTables(folder, quick ? 1_000_000 : 4_000_000)
        note(`The table holds ${base.bytes} bytes, the grown one ${grown.bytes}.`)
        yield {
          name: 'table (Parquet, 1 % of rows appended), added again',
          goal: 'stores about the 1 %; see the bytes. What data add does besides is reading the table: rows, columns, statistics',
          contenders: [...copying, openBytes(use), ...peers].map((one) => growing(one, base, grown)),
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
    async output() {
      const digest = digestTree(await keeper.restore())
      // What it wrote goes to the disk now, not while others are measured.
      await runProgram('sync', [])
      return digest
    },
    processes: () => keeper.processes?.() ?? [],
  }
}

/** One that takes a minute and more for all of them keeps the first folder only. */
function addSmall(keeper: Keeper, small: Work, count: number): Contender {
  const { files, ...first } = firstFolder(small)
  if (!keeper.isSlowWithMany || files === count) return contend(keeper, () => startAnew(keeper, small))
  const part = files / count
  return {
    ...contend(keeper, () => startAnew(keeper, first)),
    part,
    about: `${keeper.about}; kept ${files} of them, figures times ${1 / part}`,
    // Where its part is right it gives what whoever keeps all of them gives.
    async output() {
      const given = digestTree(await keeper.restore())
      return given === digestTree(first.master) ? digestTree(small.master) : given
    },
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
