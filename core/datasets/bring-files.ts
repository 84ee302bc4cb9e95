import { basename } from 'node:path'
import type { OpenedProject } from '../project/opened-project.ts'
import type { BroughtFile, LongCall } from './datasets.ts'
import { isSourceFolder, listSources, openSource, type SourceFile } from './outside-files.ts'
import type { UnfinishedFile } from './unfinished-file.ts'
import { createPlaces } from './unfinished-places.ts'
import { createUploads, type Uploads } from './uploads.ts'

/** Files from outside that become files of the project: whole or not at all, and never in the place of another. */
export type BringFiles = Uploads & {
  /**
   * One file becomes the file `to`; a folder or several become the new folder `to`, all of it or nothing.
   * @param from absolute paths on this computer. @param to path in the project
   */
  bring(from: readonly string[], to: string, call: LongCall): Promise<BroughtFile>
}

const pieceBytes = 1024 * 1024

export function createBringFiles(project: Pick<OpenedProject, 'get' | 'assertWritable'>): BringFiles {
  const places = createPlaces(project)

  async function bringFile(from: string, to: string, { report, signal }: LongCall): Promise<BroughtFile> {
    const source = await openSource(from)
    try {
      const { size } = await source.stat()
      const file = await places.openFile(to, size, from)
      const tell = () =>
        report({ phase: 'Read files', done: file.written(), total: size, unit: 'bytes', fact: basename(from) })
      try {
        tell()
        await copyRest(source, file, file.written(), signal, tell)
        const brought = { path: to, sizeBytes: file.written() }
        await file.finish()
        return brought
      } finally {
        await file.drop()
      }
    } finally {
      await source.close()
    }
  }

  async function bringFolder(sources: readonly SourceFile[], to: string, { report, signal }: LongCall) {
    const total = sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const folder = await places.openFolder(to, total)
    try {
      for (const { from, path } of sources) {
        signal.throwIfAborted()
        const source = await openSource(from)
        try {
          await folder.begin(path, from)
          const tell = () => report({ phase: 'Read files', done: folder.written(), total, unit: 'bytes', fact: path })
          tell()
          await copyRest(source, folder, folder.current()?.written ?? 0, signal, tell)
        } finally {
          await source.close()
        }
      }
      const brought = { path: to, sizeBytes: folder.written() }
      await folder.finish()
      return brought
    } finally {
      await folder.drop()
    }
  }

  return {
    ...createUploads(places),
    async bring(from, to, call) {
      const [first] = from
      if (from.length === 1 && first !== undefined && !(await isSourceFolder(first))) return bringFile(first, to, call)
      return bringFolder(await listSources(from, project.get().folder, call.signal), to, call)
    },
  }
}

type Source = Awaited<ReturnType<typeof openSource>>

async function copyRest(
  source: Source,
  into: Pick<UnfinishedFile, 'write'>,
  copied: number,
  signal: AbortSignal,
  tell: () => void,
): Promise<void> {
  const piece = Buffer.alloc(pieceBytes)
  for (let at = copied; ; ) {
    signal.throwIfAborted()
    const { bytesRead } = await source.read(piece, 0, piece.length, at)
    if (bytesRead === 0) return
    await into.write(piece.subarray(0, bytesRead))
    at += bytesRead
    tell()
  }
}
