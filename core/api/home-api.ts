import * as z from 'zod'
import { command, query } from '../rpc/procedure.ts'
import type { HomeCore } from './home-core.ts'

const nothing = z.object({})
const settingsChange = z.object({
  theme: z.enum(['system', 'light', 'dark']).optional(),
  displayName: z.string().trim().min(1).max(100).optional(),
  keepCoreMs: z
    .number()
    .int()
    .min(1_000)
    .max(30 * 86_400_000)
    .nullable()
    .optional(),
})

export type HomeApi = ReturnType<typeof createHomeApi>

export function createHomeApi(home: HomeCore) {
  return {
    projects: {
      known: query(nothing, () => home.knownProjects()),
      open: command(z.object({ folder: z.string().min(1) }), ({ folder }) => home.open(folder)),
      create: command(z.object({ template: z.string(), folder: z.string().min(1) }), ({ template, folder }) =>
        home.create(template, folder),
      ),
      forget: command(z.object({ key: z.string() }), ({ key }) => home.forget(key)),
      suggestFolder: query(z.object({ template: z.string() }), ({ template }) => home.suggestFolder(template)),
    },
    templates: { list: query(nothing, () => home.templates()) },
    readiness: { check: query(nothing, () => home.readiness()) },
    folders: { list: query(z.object({ path: z.string().nullable() }), ({ path }) => home.listFolder(path)) },
    settings: {
      get: query(nothing, () => home.settings()),
      change: command(settingsChange, (change) => home.changeSettings(change)),
    },
  }
}
