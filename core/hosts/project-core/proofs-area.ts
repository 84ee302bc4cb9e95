import type { JobBoard } from '../../api/job-board.ts'
import type { ProjectCore } from '../../api/project-core.ts'
import { provePhases } from '../../proving/create-proving.ts'
import type { ProjectParts } from './open-parts.ts'

/** Past runs executed again and compared, as jobs; and what came of it. */
export function createProofsArea({ project, proving, queries }: ProjectParts, jobs: JobBoard): ProjectCore['proofs'] {
  return {
    start(reference, why) {
      project.assertTrusted()
      project.assertWritable()
      const runId = queries.resolveRun(reference)
      const phases = why ? provePhases : provePhases.slice(0, -1)
      const spec = { kind: 'prove', title: `Prove run ${runId}`, phases, cancellable: true } as const
      return jobs.start(spec, (report, signal) => proving.prove(runId, { why, report, signal }))
    },
    list: async (reference) => proving.of(reference),
  }
}
