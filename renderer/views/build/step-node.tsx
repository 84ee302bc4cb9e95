import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { stepStateIcons, stepStateTones, stepStateWords } from '../../components/badge.tsx'
import { describeDuration } from '../../components/describe-values.ts'
import styles from './step-node.module.css'
import type { StepStatus } from './step-status.ts'

export type StepNodeData = {
  readonly name: string
  readonly status: StepStatus | undefined
  readonly selected: boolean
}
export type StepNodeType = Node<StepNodeData, 'step'>

export function StepNode({ data }: NodeProps<StepNodeType>) {
  const { name, status, selected } = data
  const state = status?.state ?? 'new'
  const Icon = stepStateIcons[state]
  return (
    <div className={`${styles.node} ${styles[stepStateTones[state]]}`} data-selected={selected || undefined}>
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      <Icon size={16} strokeWidth={2} aria-hidden className={styles.icon} />
      <div className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span className={styles.state}>
          {stepStateWords[state]}
          {status && <NodeNote status={status} />}
        </span>
      </div>
      <Handle type="source" position={Position.Bottom} className={styles.handle} isConnectable={false} />
    </div>
  )
}

function NodeNote({ status }: { readonly status: StepStatus }) {
  const [reason, ...more] = status.reasons
  if (status.state === 'stale' && reason) {
    return (
      <span className={styles.chip} title={status.reasons.join('\n')}>
        {reason}
        {more.length > 0 && ` +${more.length}`}
      </span>
    )
  }
  if (status.savedMs !== null) return <span className={styles.note}>saves {describeDuration(status.savedMs)}</span>
  if (status.durationMs !== null) return <span className={styles.note}>{describeDuration(status.durationMs)}</span>
  return null
}
