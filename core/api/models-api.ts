import * as z from 'zod'
import { command, query } from '../rpc/procedure.ts'
import type { ProjectCore } from './project-core.ts'

const model = z.string().min(1).max(300)

export function modelsApi(core: ProjectCore) {
  return {
    models: {
      list: query(z.object({}), () => core.models.list()),
      register: command(z.object({ artifact: z.string().min(1), name: z.string().min(1).max(200) }), (input) =>
        core.models.register(input.artifact, input.name),
      ),
      get: query(z.object({ model }), (input) => core.models.get(input.model)),
      evidence: query(z.object({ model }), (input) => core.models.evidence(input.model)),
      decide: command(
        z.object({ model, state: z.enum(['approved', 'rejected']), note: z.string().trim().min(1).max(10_000) }),
        (input) => core.models.decide(input.model, input.state, input.note),
      ),
      alias: command(z.object({ model, alias: z.string().min(1).max(100) }), (input) =>
        core.models.alias(input.model, input.alias),
      ),
    },
  }
}
