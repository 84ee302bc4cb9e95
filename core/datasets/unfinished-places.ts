import { join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { OpenedProject } from '../project/opened-project.ts'
import { openUnfinishedFile, type UnfinishedFile } from './unfinished-file.ts'
import { openUnfinishedFolder, type UnfinishedFolder } from './unfinished-folder.ts'

/** Places in the project that something is on its way to; no two things are on their way to one. */
export type Places = {
  openFile(to: string, sizeBytes: number, from: string | null): Promise<UnfinishedFile>
  openFolder(to: string, sizeBytes: number): Promise<UnfinishedFolder>
}

export function createPlaces(project: Pick<OpenedProject, 'get' | 'assertWritable'>): Places {
  const taken = new Set<string>()

  async function take<Unfinished extends UnfinishedFile | UnfinishedFolder>(
    to: string,
    open: (folder: string) => Promise<Unfinished>,
  ): Promise<Unfinished> {
    project.assertWritable()
    const { folder } = project.get()
    const place = join(folder, to)
    if (taken.has(place)) throw fail('data/outExists', { file: to })
    taken.add(place)
    const free = () => taken.delete(place)
    try {
      const unfinished = await open(folder)
      return {
        ...unfinished,
        finish: () => unfinished.finish().finally(free),
        drop: () => unfinished.drop().finally(free),
      }
    } catch (error) {
      free()
      throw error
    }
  }

  return {
    openFile: (to, sizeBytes, from) => take(to, (folder) => openUnfinishedFile(folder, to, sizeBytes, from)),
    openFolder: (to, sizeBytes) => take(to, (folder) => openUnfinishedFolder(folder, to, sizeBytes)),
  }
}
