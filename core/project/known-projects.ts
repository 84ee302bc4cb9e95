import { join } from 'node:path'
import type { KnownProject } from '../domain/project.ts'
import { existsInTime } from './ask-in-time.ts'
import { readHomeFile, writeHomeFile } from './home-folder.ts'

type Remembered = Omit<KnownProject, 'exists'>

const fileName = 'known-projects.json'
const most = 100

/** The projects that were opened on this computer, the latest first. */
export type KnownProjects = {
  /** Looks where each of them lies, and waits for no disk that does not answer. */
  list(): Promise<readonly KnownProject[]>
  /** Called when a project is opened. */
  remember(project: Omit<Remembered, 'lastRunState'> & { readonly lastRunState?: string | null }): void
  /** How the last run of a project ended, if it was ever opened. No disk but that of the list is asked. */
  noteRun(key: string, state: string): void
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
    remember: (project) => {
      const before = read().find((one) => one.key === project.key)
      const others = read().filter((one) => one.key !== project.key)
      const lastRunState = project.lastRunState ?? before?.lastRunState ?? null
      writeHomeFile(homeFolder, fileName, [{ ...project, lastRunState }, ...others].slice(0, most))
    },
    noteRun(key, lastRunState) {
      const all = read()
      // Mostly the run before ended alike: nothing is written then.
      if (all.some((one) => one.key === key && one.lastRunState !== lastRunState))
        writeHomeFile(
          homeFolder,
          fileName,
          all.map((one) => (one.key === key ? { ...one, lastRunState } : one)),
        )
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
