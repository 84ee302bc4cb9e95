import { isPassedOver } from '../../../core/domain/dataset-path.ts'
import { fromParts, fromPaths, type Given, type GivenFile, type Part } from './outside-data.ts'

/**
 * What a drop or a paste gave. The desktop app knows where things lie; a browser has bytes alone, and gives the files of
 * a folder one by one. Has to be called while the event is: after it nothing can be asked of it any more.
 * @param tell hears how many files of folders were found so far
 */
export function gatherFiles(
  given: DataTransfer,
  projectFolder: string,
  signal: AbortSignal,
  tell: (count: number) => void,
): Given | Promise<Given> {
  const files = [...given.files]
  const entries = [...given.items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry())
  const isFolder = (index: number) => entries[index]?.isDirectory ?? false
  const paths = files.map(pathOf)
  if (!paths.includes(''))
    return fromPaths(
      files.map(({ size }, index) => ({ path: paths[index] as string, isFolder: isFolder(index), sizeBytes: size })),
      projectFolder,
    )
  if (!entries.some((entry) => entry?.isDirectory)) return fromParts(files.map(toPart))
  let count = 0
  const onFile = () => tell(++count)
  const gather = async (file: File, index: number): Promise<Part> => {
    const entry = entries[index]
    if (!entry?.isDirectory) return toPart(file)
    const found: GivenFile[] = []
    await walk(entry as FileSystemDirectoryEntry, '', found, signal, onFile)
    return { name: entry.name, files: found, bytes: null }
  }
  return Promise.all(files.map(gather)).then(fromParts)
}

/** What was chosen in the system's own dialog: files, or one folder with all that is below it. */
export function fromPicked(files: readonly File[], isFolder: boolean, projectFolder: string): Given {
  const paths = files.map(pathOf)
  const isKnown = files.length > 0 && !paths.includes('')
  if (!isFolder)
    return isKnown
      ? fromPaths(
          files.map(({ size }, index) => ({ path: paths[index] as string, isFolder: false, sizeBytes: size })),
          projectFolder,
        )
      : fromParts(files.map(toPart))
  const found = files.map((bytes) => ({ bytes, path: bytes.webkitRelativePath.split('/').slice(1).join('/') }))
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? ''
  if (isKnown) {
    const [path, below] = [paths[0] as string, found[0]?.path ?? '']
    return fromPaths([{ path: path.slice(0, -below.length - 1), isFolder: true, sizeBytes: null }], projectFolder)
  }
  const shown = found.filter(({ path }) => !path.split('/').some(isPassedOver))
  return fromParts([{ name, files: shown, bytes: null }])
}

function toPart(bytes: File): Part {
  return { name: bytes.name, files: null, bytes }
}

/** Empty where the page is not told it. */
function pathOf(file: File): string {
  return window.slipway?.pathOfFile(file) ?? ''
}

async function walk(
  folder: FileSystemDirectoryEntry,
  path: string,
  found: GivenFile[],
  signal: AbortSignal,
  onFile: () => void,
): Promise<void> {
  const reader = folder.createReader()
  for (;;) {
    signal.throwIfAborted()
    // It gives a hundred at a time at most, and none after the last.
    const some = await new Promise<FileSystemEntry[]>((done, refuse) => reader.readEntries(done, refuse))
    if (some.length === 0) return
    for (const entry of some) {
      if (isPassedOver(entry.name)) continue
      const below = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, below, found, signal, onFile)
      else {
        const file = entry as FileSystemFileEntry
        found.push({ path: below, bytes: await new Promise((done, refuse) => file.file(done, refuse)) })
        onFile()
      }
    }
  }
}
