import type { JobBoard } from '../../api/job-board.ts'
import type { ProjectCore } from '../../api/project-core.ts'
import { createSpace, spacePhases } from '../../space/create-space.ts'
import type { ProjectParts } from './open-parts.ts'

/** Disk space: looking is a question, clearing a job. */
export function createSpaceArea(parts: ProjectParts, jobs: JobBoard): ProjectCore['space'] {
  const { database, project, queries, recorder, slipwayFolder, store } = parts
  const space = createSpace({
    database,
    store,
    slipwayFolder,
    runs: { deleted: queries.deleted, end: recorder.endDeletedRuns },
    work() {
      const going = jobs.list().filter(({ kind, endedAt }) => endedAt === null && kind !== 'space')
      if (going.length === 0) return null
      return {
        sinceMs: Math.min(...going.map(({ startedAt }) => Date.parse(startedAt))),
        ended: Promise.all(going.map(({ id }) => jobs.whenEnded(id))),
      }
    },
  })
  return {
    survey: (request) => space.survey(request),
    clear(request) {
      project.assertWritable()
      const title = request.emptyTrash ? 'Empty the trash' : 'Give back disk space'
      const spec = { kind: 'space', title, phases: spacePhases, cancellable: true } as const
      return jobs.start(spec, (report, signal) => space.clear(request, { report, signal }))
    },
  }
}
