import { Ban, CircleCheck, CircleDot, CircleX, Clock3, type LucideIcon, TrendingDown } from 'lucide-react'
import type { SweepState, TrialState } from '../../../core/domain/sweep.ts'
import { Badge, type Tone } from '../../components/badge.tsx'

const states: Record<TrialState | SweepState, readonly [Tone, LucideIcon, string]> = {
  queued: ['neutral', Clock3, 'Queued'],
  running: ['running', CircleDot, 'Running'],
  completed: ['success', CircleCheck, 'Completed'],
  failed: ['danger', CircleX, 'Failed'],
  stopped: ['neutral', TrendingDown, 'Stopped early'],
  canceled: ['neutral', Ban, 'Cancelled'],
}

export function SweepBadge({ state, why }: { readonly state: TrialState | SweepState; readonly why?: string | null }) {
  const [tone, icon, words] = states[state]
  return (
    <Badge tone={tone} icon={icon} {...(why ? { title: why } : {})}>
      {words}
    </Badge>
  )
}
