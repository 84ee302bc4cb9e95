import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { KnownProject, Project } from '../../domain/project.ts'
import { createHomeFile } from './home-file.ts'

const schema = z.object({
  projects: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      folder: z.string(),
      lastOpenedAt: z.string(),
      lastRunState: z.string().nullable().default(null),
    }),
  ),
})
const mostKnown = 200

export type KnownProjects = {
  list(): readonly KnownProject[]
  add(project: Project): void
  noteRun(key: string, state: string): void
  forget(key: string): void
}

/** Which projects this user opened, newest first. Forgetting one touches nothing of the project. */
export function createKnownProjects(homeFolder: string): KnownProjects {
  const file = createHomeFile(join(homeFolder, 'projects.json'), schema, { projects: [] })
  return {
    list: () =>
      file.read().projects.map((project) => ({ ...project, exists: existsSync(join(project.folder, 'slipway.toml')) })),
    add({ key, name, folder }) {
      file.change(({ projects }) => {
        const before = projects.find((project) => project.key === key)
        const entry = {
          key,
          name,
          folder,
          lastOpenedAt: new Date().toISOString(),
          lastRunState: before?.lastRunState ?? null,
        }
        return { projects: [entry, ...projects.filter((project) => project.key !== key)].slice(0, mostKnown) }
      })
    },
    noteRun(key, state) {
      file.change(({ projects }) => ({
        projects: projects.map((project) => (project.key === key ? { ...project, lastRunState: state } : project)),
      }))
    },
    forget(key) {
      file.change(({ projects }) => ({ projects: projects.filter((project) => project.key !== key) }))
    },
  }
}
