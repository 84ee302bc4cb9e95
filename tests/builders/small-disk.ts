import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeDiskFolder } from './disk-folder.ts'
import { type Mounted, mountAt, mountMemory } from './mounted.ts'

/** A disk that is soon full, and can be made larger or read-only; only the superuser can have one. */
export type SmallDisk = {
  readonly folder: string
  remount(options: string): void
  remove(): void
}

/** In memory. @param options of tmpfs: `size=3m`, `nr_inodes=60` */
export function createSmallDisk(options: string): SmallDisk {
  const base = makeDiskFolder('small')
  const folder = join(base, 'disk')
  mkdirSync(folder)
  return disk(base, folder, mountMemory(folder, options))
}

/** The same on a file system as computers have it: what is deleted is free later, and a write may fail that was promised space. */
export function createSmallExt4Disk(megabytes: number): SmallDisk {
  const base = makeDiskFolder('small')
  const folder = join(base, 'disk')
  const image = join(base, 'image')
  mkdirSync(folder)
  execFileSync('truncate', ['-s', `${megabytes}M`, image])
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', image])
  return disk(base, folder, mountAt(folder, '-o', 'loop', image))
}

/** Until not even one byte more finds space. */
export function fillDisk(folder: string): { giveBack(): void } {
  const filler = join(folder, 'filler')
  const file = openSync(filler, 'a')
  try {
    for (const size of [1_048_576, 4_096, 1]) while (tryWrite(file, size));
  } finally {
    closeSync(file)
  }
  return { giveBack: () => rmSync(filler) }
}

function tryWrite(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size, 'x')) > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    return false
  }
}

function disk(base: string, folder: string, { remount, unmount }: Mounted): SmallDisk {
  return {
    folder,
    remount,
    remove() {
      unmount()
      rmSync(base, { recursive: true, force: true })
    },
  }
}
