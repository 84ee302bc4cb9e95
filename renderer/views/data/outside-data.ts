import { isFileAddress, readFileAddress } from '../../../core/domain/file-address.ts'
import { describeCount } from '../../components/describe-values.ts'
import { patternOfKind } from './suggest-pattern.ts'

/** A file of which only the browser can read the bytes, and its path in the folder that it comes into. */
export type GivenFile = { readonly path: string; readonly bytes: File }

/** What is no part of the project yet. One of both says how to get at it: where it lies, or the bytes of its files. */
export type OutsideData = {
  readonly name: string
  /** What it is called in a sentence. */
  readonly words: string
  /** Null where only core can look. */
  readonly sizeBytes: number | null
  /** Whether it becomes a folder of the project; of a path that was pasted nobody knows yet. */
  readonly isFolder: boolean
} & (
  | { readonly from: readonly string[]; readonly files: null }
  | { readonly from: null; readonly files: readonly GivenFile[] }
)

export type Given =
  /** `path` stands for all of `paths`, and perhaps for more. */
  | { readonly kind: 'inside'; readonly path: string; readonly paths: readonly string[] }
  | { readonly kind: 'outside'; readonly data: OutsideData }
  | { readonly kind: 'refused'; readonly why: string }

/** One thing that was dropped, pasted or picked: a file, or a folder with the files in it, by their paths there. */
export type Part =
  | { readonly name: string; readonly files: null; readonly bytes: File }
  | { readonly name: string; readonly files: readonly GivenFile[]; readonly bytes: null }

/** Of things that lie on this computer by absolute paths: what is of the project already is not copied. */
export function fromPaths(
  things: readonly { readonly path: string; readonly isFolder: boolean; readonly sizeBytes: number | null }[],
  projectFolder: string,
): Given {
  const folder = projectFolder.replaceAll('\\', '/')
  const paths = things.map(({ path }) => path.replaceAll('\\', '/'))
  if (paths.includes(folder)) return { kind: 'refused', why: 'It is the folder of the project itself.' }
  if (paths.every((path) => path.startsWith(`${folder}/`))) {
    const inside = paths.map((path) => path.slice(folder.length + 1))
    const pattern = patternOfKind(inside)
    return pattern === null
      ? {
          kind: 'refused',
          why: 'These files lie at several places of the project: take those of one folder or one kind.',
        }
      : { kind: 'inside', path: pattern, paths: inside }
  }
  const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1))
  const twice = findTwice(names)
  if (twice !== null) return { kind: 'refused', why: `Two of them are named ${twice}.` }
  const sizes = things.map(({ isFolder, sizeBytes }) => (isFolder ? null : sizeBytes))
  const sizeBytes = sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  const naming = nameMany(names.map((name, index) => ({ name, isFolder: things[index]?.isFolder ?? false })))
  return { kind: 'outside', data: { ...naming, sizeBytes, from: things.map(({ path }) => path), files: null } }
}

/** Of things that only a browser can read. */
export function fromParts(parts: readonly Part[]): Given {
  const twice = findTwice(parts.map(({ name }) => name))
  if (twice !== null) return { kind: 'refused', why: `Two of them are named ${twice}.` }
  const files = parts.flatMap((part): readonly GivenFile[] => {
    if (part.files === null) return [{ path: part.name, bytes: part.bytes }]
    return parts.length === 1
      ? part.files
      : part.files.map(({ path, bytes }) => ({ path: `${part.name}/${path}`, bytes }))
  })
  if (files.length === 0) return { kind: 'refused', why: 'There is no file in it. Hidden files are passed over.' }
  const naming = nameMany(parts.map((part) => ({ name: part.name, isFolder: part.files !== null })))
  const sizeBytes = files.reduce((sum, { bytes }) => sum + bytes.size, 0)
  return { kind: 'outside', data: { ...naming, sizeBytes, from: null, files } }
}

/** A path as people copy it: bare, quoted, or as file managers write it. Null for text that is no absolute path. */
export function fromText(text: string, projectFolder: string): Given | null {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, '$2')
  if (bare === '' || /[\r\n]/.test(bare)) return null
  const named = isFileAddress(bare) ? readFileAddress(bare) : { path: bare }
  if ('problem' in named) return { kind: 'refused', why: named.problem }
  const { path } = named
  if (!isAbsolutePath(path)) return null
  return fromPaths([{ path: path.replace(/(?<=.)[\\/]+$/, ''), isFolder: false, sizeBytes: null }], projectFolder)
}

/** An address of the network, as a browser gives it with a link that is dropped, or as it is copied. */
export function isWebAddress(text: string): boolean {
  const bare = text.trim()
  return /^(https?|ftp|s3|gs):\/\/\S+$/i.test(bare) && URL.canParse(bare)
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
}

/** Several are named by what their names have in common. */
function nameMany(things: readonly { readonly name: string; readonly isFolder: boolean }[]) {
  const [first] = things
  if (things.length === 1 && first !== undefined)
    return {
      name: first.name,
      isFolder: first.isFolder,
      words: first.isFolder ? `the folder ${first.name}` : first.name,
    }
  const count = things.length
  const words = things.some(({ isFolder }) => isFolder)
    ? `${describeCount(count, 'file or folder', 'files and folders')}`
    : describeCount(count, 'file')
  return { name: sharedName(things.map(({ name }) => name)), isFolder: true, words }
}

function sharedName(names: readonly string[]): string {
  let shared = names[0] ?? ''
  for (const name of names) while (!name.startsWith(shared)) shared = shared.slice(0, -1)
  const stem = shared.replace(/\.[^.]*$/, '').replace(/[^\p{L}]+$/u, '')
  return stem.length > 1 ? stem : 'files'
}

/** Disks that take both cases of a letter for one have one place for both. */
function findTwice(names: readonly string[]): string | null {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name.toLowerCase()).size) ?? null
}
