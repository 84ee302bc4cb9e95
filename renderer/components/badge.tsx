import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleX,
  Clock3,
  Layers2,
  type LucideIcon,
  ShieldCheck,
  ShieldX,
  Sparkle,
  TriangleAlert,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { RunState, StepRunState } from '../../core/domain/run.ts'
import { runStateWords, stepRunStateWords } from '../../core/domain/state-words.ts'
import styles from './badge.module.css'

export type Tone = 'success' | 'danger' | 'warning' | 'stale' | 'cached' | 'running' | 'neutral'

type BadgeProps = {
  readonly tone: Tone
  readonly icon: LucideIcon
  readonly title?: string
  readonly children: ReactNode
}

/** A state as icon, word and colour together: never by colour alone. */
export function Badge({ tone, icon: Icon, title, children }: BadgeProps) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      <Icon size={12} strokeWidth={2.2} aria-hidden className={tone === 'running' ? styles.turning : undefined} />
      {children}
    </span>
  )
}

/** What a step shows: a state of its latest step run, or of the plan when that says more. */
export type StepState = StepRunState | 'stale' | 'new'

export const stepStateWords: Record<StepState, string> = { ...stepRunStateWords, stale: 'Stale', new: 'Not run yet' }

export const stepStateTones: Record<StepState, Tone> = {
  queued: 'neutral',
  running: 'running',
  completed: 'success',
  cached: 'cached',
  failed: 'danger',
  canceled: 'neutral',
  skipped: 'neutral',
  stale: 'stale',
  new: 'neutral',
}

export const stepStateIcons: Record<StepState, LucideIcon> = {
  queued: Clock3,
  running: CircleDot,
  completed: CircleCheck,
  cached: Layers2,
  failed: CircleX,
  canceled: Ban,
  skipped: CircleDashed,
  stale: Sparkle,
  new: CircleDashed,
}

export function StepStateBadge({ state, detail }: { readonly state: StepState; readonly detail?: string | undefined }) {
  return (
    <Badge tone={stepStateTones[state]} icon={stepStateIcons[state]} {...(detail ? { title: detail } : {})}>
      {stepStateWords[state]}
    </Badge>
  )
}

export function RunStateBadge({ state }: { readonly state: RunState }) {
  return (
    <Badge tone={stepStateTones[state]} icon={stepStateIcons[state]}>
      {runStateWords[state]}
    </Badge>
  )
}

export const badgeIcons = { approved: ShieldCheck, rejected: ShieldX, warning: TriangleAlert } as const
