import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { coversPath } from '../../core/domain/dataset-path.ts'
import type { Job } from '../../core/domain/job.ts'
import type { RunEvent } from '../../core/domain/run.ts'
import type { SweepEvent } from '../../core/domain/sweep.ts'
import type { ProjectClient } from '../clients/connections.tsx'
import { useConnectionState, useProjectConnection, useProjectKey } from '../clients/connections.tsx'
import { announce } from '../components/announcer.tsx'
import { describeRunEnd } from './describe-run.ts'
import { applyJobs, applyRunEvents, applyServings, takeJobs, useLive } from './live-store.ts'
import { runColumnsOf } from './use-run-columns.ts'

/** Events are taken in at this pace, so that a chatty step cannot busy the window. */
const paceMs = 80

/** Which areas to ask again when a job of this kind has ended. */
const changedBy: Record<Job['kind'], readonly string[]> = {
  environment: ['environment', 'plan'],
  run: ['runs', 'plan', 'artifacts', 'lineage', 'models', 'environment', 'data'],
  prove: ['proofs', 'lineage', 'environment'],
  parity: ['images', 'lineage'],
  build: ['images', 'lineage'],
  serve: ['images'],
  push: ['images', 'lineage'],
  doctor: ['doctor'],
  journey: ['runs', 'plan', 'artifacts', 'lineage', 'models', 'images', 'environment', 'project'],
  sweep: ['sweeps', 'runs', 'plan', 'artifacts', 'lineage', 'models', 'environment'],
  data: ['data', 'project', 'plan', 'lineage'],
  export: [],
  space: ['space'],
}

/** Listens to everything that the open project announces, for as long as the line is open. Mount once. */
export function useLiveProject(): void {
  const connection = useProjectConnection()
  const project = useProjectKey()
  const queries = useQueryClient()
  const { client } = useConnectionState(connection)

  useEffect(() => {
    if (client === null) return
    const core = client as ProjectClient
    const ask = (...areas: string[]) => {
      for (const area of areas) void queries.invalidateQueries({ queryKey: [project, area] })
    }
    // What was known before a break may be old: ask for all that is on screen.
    void queries.invalidateQueries({ queryKey: [project] })
    const columns = runColumnsOf(connection)
    if (columns.store.getState().count !== null) columns.load()
    void core.jobs.list({}).then(takeJobs, () => undefined)
    void core.serving.list({}).then(applyServings, () => undefined)

    const runEvents = collect<RunEvent>((events) => {
      applyRunEvents(events)
      columns.take(events)
      if (events.some(({ kind }) => kind === 'deletion')) {
        // Rows go from anywhere, or come back there.
        columns.load()
        ask('runs', 'plan', 'data', 'space', 'lineage')
      }
      const runs = events.filter((event) => event.kind === 'run').map((event) => event.run)
      for (const run of runs) {
        if (run.endedAt !== null) announce(describeRunEnd(run), run.state === 'failed' ? 'assertive' : 'polite')
      }
      // While a run goes on, its own events say everything; its record is asked for at its start and its end.
      if (runs.length > 0) ask('runs')
      if (runs.some((run) => run.endedAt !== null)) ask('plan', 'artifacts')
    })
    const jobs = collect<Job>((changed) => {
      applyJobs(changed)
      for (const job of changed) if (job.endedAt !== null) ask(...changedBy[job.kind])
    })
    const sweeps = collect<SweepEvent>(() => ask('sweeps'))
    const stops = [
      core.runs.watch({}, runEvents.add),
      core.jobs.watch({}, jobs.add),
      core.sweeps.watch({}, sweeps.add),
      core.serving.watch({}, applyServings),
      core.project.watch({}, ({ gone, changed }) => {
        useLive.setState({ folderGone: gone })
        if (gone) return announce('The folder of this project is gone.', 'assertive')
        ask('project', 'files', 'file', 'pipeline', 'plan', 'environment', 'data')
        // To compare data anew takes long: only when it is this data that was written.
        void queries.invalidateQueries({
          predicate: ({ queryKey: [of, area, pattern] }) =>
            of === project && area === 'differences' && changed.some((path) => coversPath(String(pattern), path)),
        })
      }),
    ]
    return () => {
      for (const stop of stops) stop()
      runEvents.stop()
      jobs.stop()
      sweeps.stop()
    }
  }, [client, connection, project, queries])
}

function collect<Event>(take: (events: readonly Event[]) => void) {
  let waiting: Event[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    const events = waiting
    waiting = []
    take(events)
  }
  return {
    add: (event: Event) => {
      waiting.push(event)
      timer ??= setTimeout(flush, paceMs)
    },
    stop: () => clearTimeout(timer),
  }
}
