import {
  Activity,
  CircleCheck,
  CircleX,
  Container,
  type LucideIcon,
  OctagonX,
  Play,
  Radio,
  Sparkle,
  TerminalSquare,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { EnvironmentStatus } from '../../core/domain/environment.ts'
import type { EngineStatus } from '../../core/domain/image.ts'
import type { Run } from '../../core/domain/run.ts'
import { runCommand, shortcutsOf } from '../commands/command-registry.ts'
import { describeShortcut } from '../commands/keys.ts'
import { Hint } from '../components/button.tsx'
import { describeCount, describeDuration } from '../components/describe-values.ts'
import { useLive } from '../live/live-store.ts'
import { isEnded, useJobs, useRunningJob } from '../live/use-jobs.ts'
import { useNow } from '../live/use-now.ts'
import { usePipelineNow } from '../live/use-pipeline-now.ts'
import { useStaleCount } from '../live/use-plan.ts'
import { useEngine } from '../queries/image-queries.ts'
import { useRuns } from '../queries/run-queries.ts'
import { useEnvironmentStatus } from '../queries/workspace-queries.ts'
import { toggleTabMode, useEditorStatus, useTabMode } from './editor-status.ts'
import { togglePanel } from './layout-store.ts'
import styles from './status-bar.module.css'

/** What is the case, left to right; every item is a button that leads to its place. */
export function StatusBar({ className }: { readonly className: string | undefined }) {
  // Undefined until the code was read: nothing is said of it before.
  const problems = usePipelineNow((now) => now.pipeline?.problems)
  const errors = (problems ?? []).filter((problem) => problem.severity === 'error').length
  const staleCount = useStaleCount()
  const isRunning = useRunningJob('run') !== null
  const running = useJobs().filter((job) => !isEnded(job)).length
  const jobsAreKnown = useLive((live) => live.jobsAreKnown)
  return (
    <footer className={`${styles.bar} ${className}`}>
      <EnvironmentItem />
      <RunItem />
      {staleCount !== null && !isRunning && (
        <Item
          icon={staleCount > 0 ? Sparkle : CircleCheck}
          hint={staleCount > 0 ? 'Run the stale steps' : 'Every step is up to date'}
          tone={staleCount > 0 ? 'stale' : undefined}
          onClick={() => runCommand('run.stale')}
        >
          {staleCount > 0 ? `Stale ${staleCount}` : 'Up to date'}
        </Item>
      )}
      <Item
        icon={OctagonX}
        hint="Problems in the project's code"
        tone={errors > 0 ? 'danger' : undefined}
        onClick={() => togglePanel('problems')}
      >
        {describeProblems(problems?.length)}
      </Item>
      <Item icon={Activity} hint="Everything long that runs or ran" onClick={() => togglePanel('jobs')}>
        {running > 0 ? describeCount(running, 'job') : jobsAreKnown ? 'No jobs' : 'Jobs'}
      </Item>
      <span className={styles.gap} />
      <ServingItem />
      <EngineItem />
      <EditorItem />
    </footer>
  )
}

function describeProblems(count: number | undefined): string {
  if (count === undefined) return 'Problems'
  return count === 0 ? 'No problems' : describeCount(count, 'problem')
}

type ItemProps = {
  readonly icon: LucideIcon
  readonly hint: string
  readonly tone?: 'stale' | 'danger' | 'running' | undefined
  readonly onClick: () => void
  readonly children: ReactNode
}

function Item({ icon: Icon, hint, tone, onClick, children }: ItemProps) {
  return (
    <Hint text={hint}>
      <button type="button" className={`${styles.item} ${tone ? styles[tone] : ''}`} onClick={onClick}>
        <Icon size={13} aria-hidden />
        {children}
      </button>
    </Hint>
  )
}

function EnvironmentItem() {
  const status = useEnvironmentStatus().data
  const job = useRunningJob('environment')
  const { text, hint } = describeEnvironment(status)
  const share = job?.progress?.total ? Math.round((100 * job.progress.done) / job.progress.total) : null
  return (
    <Item
      icon={TerminalSquare}
      hint={job ? `${job.progress?.phase ?? job.title}: ${job.progress?.fact ?? ''}` : hint}
      tone={job ? 'running' : status?.state === 'broken' ? 'danger' : undefined}
      onClick={() => (job ? togglePanel('jobs') : runCommand('go.environments') || runCommand('environment.sync'))}
    >
      {job ? `Environment: ${job.progress?.phase ?? 'starting'}${share === null ? '' : ` ${share}%`}` : text}
    </Item>
  )
}

function describeEnvironment(status: EnvironmentStatus | undefined): { text: string; hint: string } {
  switch (status?.state) {
    case undefined:
      return { text: 'Environment', hint: 'Looking for the project’s environment' }
    case 'missing':
      return { text: 'No environment yet', hint: status.reason }
    case 'ready':
      return { text: `Python ${status.environment.python}`, hint: 'The environment matches its lock' }
    case 'drifted':
      return { text: `Python ${status.environment.python}, drifted`, hint: status.reason }
    case 'broken':
      return { text: 'Environment broken', hint: `${status.reason} ${status.remedy}` }
  }
}

function RunItem() {
  const live = useLive((now) => (now.latestRunId ? now.runs[now.latestRunId] : undefined))
  const newest = useRuns({ limit: 1 }).data?.runs
  const run = live?.run ?? newest?.[0] ?? null
  const now = useNow(run !== null && run.endedAt === null)
  const current = Object.values(live?.stepRuns ?? {}).find((stepRun) => stepRun.state === 'running')?.step
  const isRunning = run !== null && run.endedAt === null
  const failed = run?.state === 'failed'
  return (
    <Item
      icon={failed ? CircleX : Play}
      hint="Show the log of the newest run"
      tone={isRunning ? 'running' : failed ? 'danger' : undefined}
      onClick={() => togglePanel('log')}
    >
      {run === null ? (newest === undefined ? 'Runs' : 'No run yet') : describeRunItem(run, current, now)}
    </Item>
  )
}

function describeRunItem(run: Run, step: string | undefined, now: number): string {
  if (run.endedAt === null)
    return `Running ${step ?? ''} ${describeDuration(Math.max(0, now - Date.parse(run.startedAt)))}`.replace('  ', ' ')
  const took = run.durationMs === null ? '' : ` ${describeDuration(run.durationMs)}`
  if (run.state === 'failed') return `Failed${took}`
  if (run.state === 'canceled') return `Cancelled${took}`
  return `Done${took}${run.cachedSteps > 0 ? ` (${run.cachedSteps} cached)` : ''}`
}

function EngineItem() {
  const engine = useEngine().data
  if (!engine) return null
  return (
    <Item
      icon={Container}
      hint={engine.state === 'ready' ? `${engine.name} ${engine.version}` : `${engine.reason} ${engine.remedy}`}
      onClick={() => runCommand('go.ship') || runCommand('go.environments')}
    >
      {engineWords[engine.state]}
    </Item>
  )
}

const engineWords: Record<EngineStatus['state'], string> = {
  ready: 'Docker ready',
  stopped: 'Docker stopped',
  denied: 'Docker not allowed',
  absent: 'No Docker (optional)',
}

function ServingItem() {
  const serving = useLive((now) => now.servings.find((s) => s.state === 'healthy' || s.state === 'starting'))
  if (!serving) return null
  return (
    <Item
      icon={Radio}
      hint={`${serving.model} at ${serving.url}${serving.engine === 'process' ? ', not a container' : ''}`}
      onClick={() => runCommand('go.ship')}
    >
      Serving {serving.url.replace(/^https?:\/\//, '')} {serving.state}
    </Item>
  )
}

function EditorItem() {
  const { line, column } = useEditorStatus()
  const movesFocus = useTabMode((mode) => mode.movesFocus)
  if (line === null) return null
  return (
    <>
      <Item
        icon={TerminalSquare}
        hint={`Whether Tab indents or leaves the editor (${describeShortcut(shortcutsOf('editor.tabMode')[0] ?? '')})`}
        onClick={toggleTabMode}
      >
        {movesFocus ? 'Tab moves focus' : 'Tab indents'}
      </Item>
      <span className={styles.place}>
        Ln {line}, Col {column}
      </span>
    </>
  )
}
