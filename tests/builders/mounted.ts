import { execFileSync } from 'node:child_process'
import { atEnd } from './at-end.ts'

/** Something that is mounted at a place; only the superuser can have it. */
export type Mounted = {
  remount(options: string): void
  unmount(): void
}

/** @param given as for `mount`, such as `--bind FOLDER` */
export function mountAt(place: string, ...given: readonly string[]): Mounted {
  execFileSync('mount', [...given, place])
  let isThere = true
  const unmount = () => {
    if (!isThere) return
    // A test that failed may have left files open in it.
    execFileSync('umount', ['--lazy', place])
    isThere = false
  }
  atEnd(unmount)
  return { remount: (options) => void execFileSync('mount', ['-o', `remount,${options}`, place]), unmount }
}

/** An empty disk in memory. @param options such as `size=3m`, `nr_inodes=60` */
export function mountMemory(place: string, options: string): Mounted {
  return mountAt(place, '-t', 'tmpfs', '-o', options, 'tmpfs')
}

/** The same folder where nothing can be written. */
export function mountReadOnly(folder: string, place: string): Mounted {
  const view = mountAt(place, '--bind', folder)
  view.remount('ro,bind')
  return view
}
