import { Waypoints } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { LineageDirection } from '../../../core/domain/lineage.ts'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Checkbox, SelectInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { useLineage } from '../../queries/artifact-queries.ts'
import { LineageList } from './lineage-list.tsx'
import styles from './lineage-view.module.css'

const LineageCanvas = lazy(() => import('./lineage-canvas.tsx').then((module) => ({ default: module.LineageCanvas })))

/** More than this is read as a list: a picture of it would say nothing. */
const mostDrawn = 300

/** What led to a thing and what came of it: as a list (the first reading) and as a picture. */
export function LineageView({ reference }: { readonly reference: string }) {
  const [direction, setDirection] = useState<LineageDirection>('both')
  const [asPicture, setAsPicture] = useState(true)
  const answer = useLineage(reference, direction)
  if (answer.isError) return <ErrorNotice error={answer.error} />
  if (!answer.data) return <Loading what="the lineage" />
  const { nodes } = answer.data
  const tooMany = nodes.length > mostDrawn
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <div className={styles.select}>
          <SelectInput
            aria-label="Direction"
            value={direction}
            onChange={(event) => setDirection(event.target.value as LineageDirection)}
          >
            <option value="both">Upstream and downstream</option>
            <option value="up">Upstream: what led to it</option>
            <option value="down">Downstream: what came of it</option>
          </SelectInput>
        </div>
        <Checkbox label="As a picture" checked={asPicture} onChange={(event) => setAsPicture(event.target.checked)} />
        <span className={styles.note}>
          {describeCount(nodes.length, 'node')}
          {tooMany && asPicture && `; more than ${mostDrawn} are shown as a list`}
        </span>
      </div>
      <div className={styles.place}>
        {nodes.length === 0 ? (
          <EmptyState icon={Waypoints} title="No lineage recorded" />
        ) : asPicture && !tooMany ? (
          <Suspense fallback={<Loading what="the picture" />}>
            <LineageCanvas graph={answer.data} origin={reference} />
          </Suspense>
        ) : (
          <LineageList graph={answer.data} />
        )}
      </div>
    </div>
  )
}
