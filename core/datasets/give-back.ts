import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { DatasetParts } from './dataset-parts.ts'
import type { Datasets } from './datasets.ts'
import { restoreFiles } from './restore-files.ts'
import { toCroissant } from './to-croissant.ts'

/** A version given back: its files, or its description for other tools. */
export function createGivingBack(parts: DatasetParts): Pick<Datasets, 'restore' | 'export'> {
  const { cache, filesOf, find, profiles, project, records, resolveVersion, slipwayFolder, store, toVersion } = parts
  return {
    async restore(reference, to, { report, signal }) {
      const version = await resolveVersion(reference)
      if (to === undefined) project.assertWritable()
      const files = filesOf(version)
      const lost = files.filter(({ kept }) => !kept)
      if (lost.length > 0) {
        const { name, version: number } = version
        throw fail('data/notKept', { name, version: number, files: lost.length, path: lost[0]?.path ?? '' })
      }
      const packaged = files.find(({ path }) => path.startsWith('package:'))
      if (packaged && to === undefined)
        throw fail('data/fileRefused', {
          path: packaged.path,
          reason: 'it belongs to an installed package; use --to FOLDER',
        })
      const folder = to === undefined ? project.get().folder : resolve(project.get().folder, to)
      let done = 0
      const call = {
        signal,
        onBytes: (bytes: number) => {
          done += bytes
          report({ phase: 'Read files', done, total: version.sizeBytes, unit: 'bytes', fact: version.name })
        },
      }
      const plain = files.map((file) => ({ ...file, path: file.path.replace(/^package:/, '') }))
      const trashFolder = join(slipwayFolder, 'trash')
      return {
        ...(await restoreFiles(plain, { folder, trashFolder, store, call })),
        folder,
        dataset: toVersion(version),
      }
    },

    async export(reference, file, { replaces = true } = {}) {
      const version = await resolveVersion(reference)
      const files = records.files(version)
      const profile = await profiles.of(version.digest, files, find(version.path), cache)
      const text = `${JSON.stringify(toCroissant(version, files, profile), null, 2)}\n`
      const target = resolve(project.get().folder, file)
      try {
        mkdirSync(dirname(target), { recursive: true })
        writeFileSync(target, text, { flag: replaces ? 'w' : 'wx' })
      } catch (error) {
        const cause = (error as NodeJS.ErrnoException).code ?? String(error)
        throw cause === 'EEXIST'
          ? fail('data/outExists', { file })
          : fail('data/outUnwritable', { file: target, cause })
      }
      return { file: target, sizeBytes: statSync(target).size }
    },
  }
}
