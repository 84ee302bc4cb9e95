import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { type Point, toCurve } from './graph-layout.ts'
import styles from './step-edge.module.css'

export type StepEdgeData = {
  readonly points: readonly Point[]
  readonly labelAt: Point | null
  readonly label: string
  /** Begins or ends at the selected step. */
  readonly isNear: boolean
}
export type StepEdgeType = Edge<StepEdgeData, 'step'>

export function StepEdge({ data, markerEnd }: EdgeProps<StepEdgeType>) {
  if (!data) return null
  const { points, labelAt, label, isNear } = data
  return (
    <>
      <BaseEdge
        path={toCurve(points)}
        className={isNear ? styles.near : styles.edge}
        {...(markerEnd ? { markerEnd } : {})}
      />
      {label && labelAt && (
        <EdgeLabelRenderer>
          <span
            className={styles.label}
            style={{ transform: `translate(-50%, -50%) translate(${labelAt.x}px, ${labelAt.y}px)` }}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  )
}
