import { join } from 'node:path'
import type { KnownProject } from '../domain/project.ts'
import { existsInTime } from './exists-in-time.ts'
import { readHomeFile, writeHomeFile } from './home-folder.ts'

type Remembered = Omit<KnownProject, 'exists'>

const fileName = 'known-projects.json'
const most = 100

/** The projects that were opened on this computer, the latest first. */
export type KnownProjects = {
  /** Looks where each of them lies, and waits for no disk that does not answer. */
  list(): Promise<readonly KnownProject[]>
  /** As it was remembered: no disk but that of the list is asked. */
  find(key: string): Remembered | null
  /** Called when a project is opened or a run of it ended. */
  remember(project: Omit<Remembered, 'lastRunState'> & { readonly lastRunState?: string | null }): void
  forget(key: string): void
}

export function openKnownProjects(homeFolder: string): KnownProjects {
  const read = () => readHomeFile(homeFolder, fileName, isRememberedList, [])
  return {
    async list() {
      const found: KnownProject[] = []
      const all = [...read()].sort((a, b) => (a.lastOpenedAt < b.lastOpenedAt ? 1 : -1))
      // One after the other, so that one disk at most is waited for at a time.
      for (const one of all) found.push({ ...one, exists: await existsInTime(join(one.folder, 'slipway.toml')) })
      return found
    },
    find: (key) => read().find((one) => one.key === key) ?? null,
    remember: (project) => {
      const before = read().find((one) => one.key === project.key)
      const others = read().filter((one) => one.key !== project.key)
      const lastRunState = project.lastRunState ?? before?.lastRunState ?? null
      writeHomeFile(homeFolder, fileName, [{ ...project, lastRunState }, ...others].slice(0, most))
    },
    forget: (key) =>
      writeHomeFile(
        homeFolder,
        fileName,
        read().filter((one) => one.key !== key),
      ),
  }
}

function isRememberedList(value: unknown): value is readonly Remembered[] {
  return (
    Array.isArray(value) &&
    value.every((one) => {
      const { key, name, folder, lastOpenedAt } = (one ?? {}) as Partial<Remembered>
      return [key, name, folder, lastOpenedAt].every((text) => typeof text === 'string')
    })
  )
}
