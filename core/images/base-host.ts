import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { Base } from './base.ts'
import { type Elf, readElf } from './elf.ts'
import { fromBytes, fromProgram } from './file-content.ts'
import { describePlatform, hostArchitecture, libraryTriplet, type Platform } from './platform.ts'
import type { TarEntry } from './tar.ts'

/** Numeric, so that an orchestrator can prove that it is not root. */
export const imageUser = { uid: 65_532, gid: 65_532, name: 'nonroot' } as const

/**
 * The embedded base: the shared libraries that `programs` need, as this Linux host has them, the loader, names for the
 * users, and an empty /tmp. No shell, no package manager, nothing setuid.
 * @throws images/baseUnavailable where the host is no glibc Linux of that platform
 */
export async function openHostBase(programs: readonly string[], platform: Platform): Promise<Base> {
  if (process.platform !== 'linux' || hostArchitecture() !== platform.architecture)
    throw fail('images/baseUnavailable', {
      base: 'host',
      cause: `this computer is ${process.platform}/${process.arch}, the image ${describePlatform(platform)}`,
    })
  const libraries = await findClosure(programs, platform)
  const entries: TarEntry[] = [
    { kind: 'file', path: 'etc/passwd', mode: 0o644, content: fromBytes(passwd()) },
    { kind: 'file', path: 'etc/group', mode: 0o644, content: fromBytes(group()) },
    { kind: 'file', path: 'etc/nsswitch.conf', mode: 0o644, content: fromBytes('hosts: files dns\n') },
    { kind: 'folder', path: 'tmp', mode: 0o1777 },
  ]
  for (const [path, file] of libraries)
    entries.push({ kind: 'file', path: path.replace(/^\/+/, ''), mode: 0o755, content: await fromProgram(file) })
  return {
    kind: 'host',
    name: 'host',
    digest: null,
    layers: [],
    environment: [],
    contents: { name: 'base', entries, summary: [...libraries.keys()].map((path) => path.split('/').at(-1) as string) },
  }
}

/** Names of the libraries that a base must bring for these programs, those that the programs bring themselves left out. */
export async function neededLibraries(programs: readonly string[]): Promise<readonly string[]> {
  const own = new Set(programs.map((file) => file.split('/').at(-1)))
  const elves = await Promise.all(programs.map(readProgram))
  const names = new Set(
    elves.flatMap((elf) => [...elf.needed, ...(elf.interpreter ? [elf.interpreter.split('/').at(-1) as string] : [])]),
  )
  return [...names].filter((name) => !own.has(name)).sort()
}

/** Path in the image → file on the host, for every library that is reached from the programs. */
async function findClosure(programs: readonly string[], platform: Platform): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const seen = new Set<string>(programs.map((file) => file.split('/').at(-1) as string))
  const queue: Elf[] = await Promise.all(programs.map(readProgram))
  const interpreter = queue.find((elf) => elf.interpreter !== null)?.interpreter
  if (interpreter) {
    seen.add(interpreter.split('/').at(-1) as string)
    found.set(interpreter, interpreter)
  }
  for (let elf = queue.shift(); elf; elf = queue.shift())
    for (const name of elf.needed) {
      if (seen.has(name)) continue
      seen.add(name)
      const file = await findLibrary(name, platform)
      found.set(file, file)
      queue.push(await readProgram(file))
    }
  return found
}

async function findLibrary(name: string, platform: Platform): Promise<string> {
  for (const folder of libraryFolders(platform)) {
    const file = join(folder, name)
    const isThere = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    )
    if (isThere && (await readElf(file))?.architecture === platform.architecture) return file
  }
  throw fail('images/baseUnavailable', { base: 'host', cause: `the library ${name} was not found on this computer` })
}

/** Where glibc's loader looks without any configuration, on Debian's and on other distributions' kinds of host. */
function libraryFolders(platform: Platform): readonly string[] {
  const triplet = libraryTriplet(platform)
  return [`/lib/${triplet}`, `/usr/lib/${triplet}`, '/lib64', '/usr/lib64', '/lib', '/usr/lib']
}

async function readProgram(file: string): Promise<Elf> {
  const elf = await readElf(file).catch((cause) => {
    throw fail('images/runtimeMissing', { what: file.split('/').slice(-2).join('/') }, { cause })
  })
  if (elf === null)
    throw fail('images/runtimeMissing', {
      what: `${file.split('/').at(-1)} (it is no Linux program) in ${dirname(file).split('/').at(-1)}`,
    })
  return elf
}

function passwd(): string {
  return `root:x:0:0:root:/:/nologin\n${imageUser.name}:x:${imageUser.uid}:${imageUser.gid}::/tmp:/nologin\n`
}

function group(): string {
  return `root:x:0:\n${imageUser.name}:x:${imageUser.gid}:\n`
}
