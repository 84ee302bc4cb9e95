import * as z from 'zod'
import { command, query } from '../rpc/procedure.ts'
import type { ProjectCore } from './project-core.ts'

const olderThanMs = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional()

/** Where the space of the project went, and giving back what nothing needs. */
export function spaceApi(core: ProjectCore) {
  return {
    space: {
      survey: query(z.object({ olderThanMs }), (input) => core.space.survey(input)),
      clear: command(z.object({ olderThanMs, emptyTrash: z.boolean().optional() }), (input) => core.space.clear(input)),
    },
  }
}
