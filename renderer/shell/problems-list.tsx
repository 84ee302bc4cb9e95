import { CircleCheck, OctagonX, TriangleAlert } from 'lucide-react'
import type { Problem } from '../../core/domain/pipeline.ts'
import { EmptyState } from '../components/empty-state.tsx'
import { openPlace } from '../live/open-place.ts'
import { usePipelineNow } from '../live/use-pipeline-now.ts'
import styles from './problems-list.module.css'

/** What is wrong in the project's text, each with its place and what to do. */
export function ProblemsList() {
  const { pipeline } = usePipelineNow()
  const problems = pipeline?.problems ?? []
  if (problems.length === 0) return <EmptyState icon={CircleCheck} title="No problems in the project's code" />
  return (
    <ul className={styles.list}>
      {problems.map((problem) => (
        <li key={`${problem.kind} ${problem.span.module}:${problem.span.line}:${problem.span.column}`}>
          <ProblemRow problem={problem} />
        </li>
      ))}
    </ul>
  )
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const { span, severity, message, remedy } = problem
  const isError = severity === 'error'
  const Icon = isError ? OctagonX : TriangleAlert
  return (
    <button type="button" className={styles.row} onClick={() => openPlace(span)}>
      <Icon size={14} role="img" aria-label={isError ? 'Error' : 'Warning'} className={styles[severity]} />
      <span>
        {message} <span className={styles.remedy}>{remedy}</span>
      </span>
      <code className={styles.place}>
        {span.module}:{span.line}
      </code>
    </button>
  )
}
