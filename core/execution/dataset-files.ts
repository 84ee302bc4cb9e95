import { glob, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dataset } from '../domain/project.ts'

export type DatasetFiles = {
  /** Project-relative, sorted. */
  readonly files: readonly string[]
  /** Whose names belong to it: a file that is added there may be data, too. */
  readonly folders: readonly string[]
}

const mostFiles = 20_000

/** What the declared datasets consist of right now; those inside packages belong to the environment. */
export async function datasetFiles(
  projectFolder: string,
  datasets: readonly Pick<Dataset, 'path'>[],
): Promise<DatasetFiles> {
  const files = new Set<string>()
  const folders = new Set<string>()
  const add = async (path: string) => {
    const facts = await stat(join(projectFolder, path)).catch(() => null)
    if (facts?.isFile()) files.add(path)
    else if (facts?.isDirectory()) {
      folders.add(path)
      for (const { name } of await readdir(join(projectFolder, path), { withFileTypes: true }))
        if (files.size < mostFiles && !name.startsWith('.')) await add(path === '.' ? name : `${path}/${name}`)
    } else files.add(path)
  }
  for (const { path } of datasets) {
    if (path.startsWith('package:')) continue
    if (!/[*?[]/.test(path)) {
      await add(path.replace(/\/$/, ''))
      continue
    }
    folders.add(dirname(`${path.slice(0, path.search(/[*?[]/))}*`))
    for await (const found of glob(path, { cwd: projectFolder })) {
      if (files.size >= mostFiles) break
      const name = found.replaceAll('\\', '/')
      await add(name)
      folders.add(dirname(name))
    }
  }
  return { files: [...files].sort(), folders: [...folders].sort() }
}
