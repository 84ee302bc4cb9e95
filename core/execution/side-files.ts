import { constants, createWriteStream } from 'node:fs'
import { copyFile, mkdir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { mediaTypes } from '../domain/descriptor.ts'
import { fail, isFailure } from '../domain/failure.ts'
import type { Observation } from '../domain/observation.ts'
import type { Store } from '../store/store.ts'
import type { NewArtifact } from '../tracking/run-records.ts'
import type { SideFile } from './side-file-state.ts'

/** Files that steps write inside the project, beside what they return. */
export type SideFiles = {
  /** Keeps what a step wrote. */
  record(observed: Observation): Promise<readonly NewArtifact[]>
  /**
   * Puts recorded bytes back where they are missing or where the step wrote something older.
   * @throws execution/sideFileBlocked when something else stands in the way
   */
  restore(files: readonly SideFile[]): Promise<void>
  /** A copy of what people wrote over them, before a step overwrites it. */
  rescue(files: readonly SideFile[]): Promise<void>
}

export function createSideFiles(projectFolder: string, trashFolder: string, store: Store): SideFiles {
  return {
    async record(observed) {
      const artifacts: NewArtifact[] = []
      for (const { path, digest } of observed.filesWritten) {
        if (digest === null) continue
        const descriptor = await store.putFile(join(projectFolder, path), mediaTypes.bytes)
        artifacts.push({
          name: path,
          role: 'side',
          kind: 'file',
          descriptor,
          parts: [],
          pythonType: 'pathlib.Path',
          runsCodeWhenLoaded: false,
          summary: {},
        })
      }
      return artifacts
    },

    async restore(files) {
      for (const { path, recorded, found } of files) {
        if (found === recorded) continue
        const target = join(projectFolder, path)
        const unfinished = join(dirname(target), `.${basename(target)}.slipway-restore`)
        try {
          await mkdir(dirname(target), { recursive: true })
          // A folder that was replaced by a link to elsewhere since is not followed.
          if (!`${await realpath(dirname(target))}${sep}`.startsWith((await realpath(projectFolder)) + sep)) continue
          await pipeline(store.openStream(recorded), createWriteStream(unfinished))
          await rename(unfinished, target)
        } catch (error) {
          if (isFailure(error)) throw error
          throw fail('execution/sideFileBlocked', {
            path,
            cause: (error as NodeJS.ErrnoException).code ?? String(error),
          })
        } finally {
          await rm(unfinished, { force: true }).catch(() => undefined)
        }
      }
    },

    async rescue(files) {
      const folder = join(trashFolder, 'files', new Date().toISOString().replace(/[:.]/g, '-'))
      for (const { path } of files) {
        const copy = join(folder, ...path.split('/'))
        if (!copy.startsWith(folder + sep)) continue
        await mkdir(dirname(copy), { recursive: true, mode: 0o700 })
        await copyFile(join(projectFolder, path), copy, constants.COPYFILE_FICLONE)
      }
    },
  }
}
