import * as z from 'zod'
import { query } from '../rpc/procedure.ts'
import type { ProjectCore } from './project-core.ts'

const reference = z.string().min(1).max(1000)
const direction = z.enum(['up', 'down', 'both'])
const withDeleted = z.boolean().optional()
/** One answer stays well below a transport's message limit. */
const longestReadBytes = 4 * 1024 * 1024

export function artifactsApi(core: ProjectCore) {
  return {
    artifacts: {
      find: query(z.object({ reference }), (input) => core.artifacts.find(input.reference)),
      preview: query(z.object({ reference }), (input) => core.artifacts.preview(input.reference)),
      read: query(
        z.object({
          digest: z.string(),
          offset: z.number().int().min(0),
          length: z.number().int().min(0).max(longestReadBytes),
        }),
        (input) => core.artifacts.read(input.digest, input.offset, input.length),
      ),
    },
    lineage: {
      walk: query(z.object({ reference, direction, withDeleted }), (input) =>
        core.lineage.walk(input.reference, input.direction, input.withDeleted),
      ),
      export: query(z.object({ reference, direction, withDeleted, format: z.enum(['openlineage', 'prov']) }), (input) =>
        core.lineage.export(input.reference, input.direction, input.format, input.withDeleted),
      ),
    },
  }
}
