import * as z from 'zod'
import { command, query } from '../rpc/procedure.ts'
import type { ProjectCore } from './project-core.ts'

const run = z.string().min(1).max(100)

export function proofsApi(core: ProjectCore) {
  return {
    proofs: {
      start: command(z.object({ run, why: z.boolean() }), (input) => core.proofs.start(input.run, input.why)),
      list: query(z.object({ run }), (input) => core.proofs.list(input.run)),
    },
  }
}
