import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeDiskFolder } from './disk-folder.ts'

export const canHang = process.getuid?.() === 0 && !spawnSync('fuse2fs', ['--version']).error && existsSync('/dev/fuse')

/** A disk at `folder` that can be made to answer no more; only the superuser can have one. */
export type HungDisk = {
  readonly folder: string
  /** Whoever reads from it waits, and not even SIGKILL ends that. */
  hang(): void
  /** Whoever asks it anything waits, also for what it still knows of its image; a signal ends that. */
  fallSilent(): void
  /** Whether it has taken a request that it cannot answer: until then the system lets out who waits for it. */
  holds(): boolean
  answer(): void
  remove(): Promise<void>
}

/**
 * Two file systems of FUSE, the image of the one on the other. Where the lower server stands still, the upper one has
 * taken a request and waits itself: only then does the system let nobody out of it.
 */
export async function createHungDisk(): Promise<HungDisk> {
  const base = makeDiskFolder('hung')
  const lower = await mount(join(base, 'lower.img'), join(base, 'lower'), 48)
  const upper = await mount(join(base, 'lower', 'upper.img'), join(base, 'upper'), 24)
  const answer = () => [lower, upper].forEach((server) => void server.kill('SIGCONT'))
  return {
    folder: join(base, 'upper'),
    hang: () => void lower.kill('SIGSTOP'),
    holds: () => waitsForDisk(upper.pid as number),
    fallSilent: () => void upper.kill('SIGSTOP'),
    answer,
    async remove() {
      answer()
      for (const [place, server] of [
        ['upper', upper],
        ['lower', lower],
      ] as const) {
        const gone = new Promise((done) => server.once('close', done))
        execFileSync('umount', [join(base, place)])
        await gone
      }
      rmSync(base, { recursive: true, force: true })
    },
  }
}

/** Whether the system call that a thread of the process is in waits for a disk of FUSE. */
export function waitsForDisk(pid: number): boolean {
  const places = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/wchan`)
  return places.some((place) => /request_wait|folio_wait/.test(readFileSync(place, 'utf8')))
}

async function mount(image: string, folder: string, megabytes: number) {
  mkdirSync(folder)
  execFileSync('truncate', ['-s', `${megabytes}M`, image])
  execFileSync('mkfs.ext4', ['-q', '-F', image])
  const server = spawn('fuse2fs', [image, folder, '-f', '-o', 'rw'], { stdio: 'ignore' })
  const isMounted = () => execFileSync('cat', ['/proc/mounts'], { encoding: 'utf8' }).includes(` ${folder} `)
  for (const end = performance.now() + 60_000; !isMounted(); await sleep(20))
    if (server.exitCode !== null || performance.now() > end) throw new Error(`${folder} could not be mounted`)
  // It is in the table before its server has begun: who asks until then waits for that, and is let out.
  // Asked for its size alone: what it has read of its folders it would know by heart.
  execFileSync('stat', ['--file-system', folder])
  return server
}
