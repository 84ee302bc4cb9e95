import { create } from 'zustand'
import type { RunRequest } from '../../core/api/runs-area.ts'
import { isRunnable } from '../../core/domain/pipeline.ts'
import { useProjectConnection } from '../clients/connections.tsx'
import { useCommands } from '../commands/command-registry.ts'
import { announce } from '../components/announcer.tsx'
import { showFailure, showToast } from '../components/toast.tsx'
import { openPlace } from '../live/open-place.ts'
import { saveAll } from '../live/save-buffers.ts'
import { useSelectedStep } from '../live/selected-step.ts'
import { useRunningJob } from '../live/use-jobs.ts'
import { isGoingOn, useNewestRun } from '../live/use-newest-run.ts'
import { usePipelineNow } from '../live/use-pipeline-now.ts'
import { useOverrides, useStaleCount } from '../live/use-plan.ts'
import { useCancelRun, useStartRun } from '../queries/run-queries.ts'
import { useProject, useSyncEnvironment, useTrust } from '../queries/workspace-queries.ts'

/** What waits for an answer before it goes on: a run for trust, all steps for a yes, the journey for its start. */
type Question =
  | { readonly kind: 'trust'; readonly then: () => void }
  | { readonly kind: 'runAll' }
  | { readonly kind: 'journey' }

export const useQuestion = create<{ question: Question | null }>(() => ({ question: null }))

export function ask(question: Question | null): void {
  useQuestion.setState({ question })
}

/** Everything that starts or stops work in Build. Mount once; the buttons and the palette run these commands. */
export function useRunCommands(): void {
  const runs = useRunActions()
  const selected = useSelectedStep((state) => state.step)
  const { blocked, staleCount, running } = runs
  useCommands([
    {
      id: 'run.stale',
      title: staleCount === null ? 'Run stale steps' : `Run stale (${staleCount})`,
      context: 'Run',
      keywords: ['execute', 'start', 'submit'],
      disabled: blocked ?? (staleCount === 0 ? 'Every step is up to date.' : null),
      run: () => void runs.start([]),
    },
    {
      id: 'run.step',
      title: selected ? `Run step ${selected} with what it needs` : 'Run the selected step',
      context: 'Run',
      keywords: ['execute'],
      disabled: blocked ?? (selected ? null : 'Select a step first.'),
      run: () => selected && void runs.start([selected]),
    },
    {
      id: 'run.all',
      title: 'Run all ignoring cache',
      context: 'Run',
      keywords: ['execute', 'fresh', 'force'],
      disabled: blocked,
      run: () => ask({ kind: 'runAll' }),
    },
    {
      id: 'run.stop',
      title: 'Stop the run',
      context: 'Run',
      keywords: ['cancel', 'abort', 'interrupt'],
      disabled: running ? null : 'Nothing is running.',
      run: runs.stop,
    },
    {
      id: 'journey.start',
      title: 'Run the whole journey',
      context: 'Run',
      keywords: ['ship', 'push', 'container', 'image', 'demo'],
      disabled: blocked,
      run: () => runs.withTrust(() => ask({ kind: 'journey' })),
    },
    {
      id: 'environment.sync',
      title: 'Create or update the environment',
      context: 'Environment',
      keywords: ['venv', 'packages', 'install', 'python'],
      disabled: runs.readOnly,
      run: () => runs.withTrust(runs.syncEnvironment),
    },
  ])
}

export function useRunActions() {
  const connection = useProjectConnection()
  const project = useProject().data
  const pipeline = usePipelineNow((now) => now.pipeline)
  const newest = useNewestRun()
  const params = useOverrides((state) => state.params)
  const staleCount = useStaleCount()
  const journey = useRunningJob('journey')
  const startRun = useStartRun()
  const cancel = useCancelRun()
  const trust = useTrust()
  const sync = useSyncEnvironment()
  const running = newest !== null && isGoingOn(newest.run)
  const readOnly = project?.readOnly ? `The project is open for reading only. ${project.readOnly}` : null
  const blocked = readOnly ?? whyBlocked(pipeline, running, journey !== null)

  const withTrust = (then: () => void) => (project?.trusted ? then() : ask({ kind: 'trust', then }))

  const start = async (steps: readonly string[], extra: Partial<RunRequest> = {}) => {
    try {
      const conflict = await saveAll(connection.client())
      if (conflict) {
        openPlace({ module: conflict, line: 1 })
        return showToast(`${conflict} changed on disk`, {
          tone: 'danger',
          text: 'Choose which version to keep, then run again.',
        })
      }
      withTrust(() => {
        announce('Run started')
        startRun.mutateAsync({ steps, params, ...extra }).catch(showFailure)
      })
    } catch (error) {
      showFailure(error)
    }
  }
  return {
    blocked,
    readOnly,
    staleCount,
    running,
    isStarting: startRun.isPending,
    isStopping: cancel.isPending || (cancel.isSuccess && cancel.variables === newest?.run.id && running),
    withTrust,
    start,
    stop: () => newest && cancel.mutateAsync(newest.run.id).catch(showFailure),
    trust: () => trust.mutateAsync(undefined),
    syncEnvironment: () => void sync.mutateAsync(undefined).catch(showFailure),
  }
}

function whyBlocked(
  pipeline: Parameters<typeof isRunnable>[0] | null,
  running: boolean,
  journey: boolean,
): string | null {
  if (running) return 'A run is going on. Stop it first, or wait.'
  if (journey) return 'The whole journey is going on.'
  if (!pipeline) return 'The pipeline is being read.'
  if (pipeline.steps.length === 0) return 'There are no steps to run yet.'
  if (!isRunnable(pipeline)) return 'The code has problems. Mend them first.'
  return null
}
