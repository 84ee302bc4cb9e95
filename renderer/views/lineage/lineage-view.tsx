import { Waypoints } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import type { LineageDirection, LineageNode } from '../../../core/domain/lineage.ts'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Checkbox, SelectInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { useLineage } from '../../queries/artifact-queries.ts'
import { useDeletedRuns } from '../../queries/run-queries.ts'
import { fetchCode } from '../../routing/fetch-code.ts'
import { isContext, withoutContext } from './lineage-context.ts'
import { LineageList } from './lineage-list.tsx'
import styles from './lineage-view.module.css'

const LineageCanvas = lazy(() =>
  fetchCode(() => import('./lineage-canvas.tsx')).then((module) => ({ default: module.LineageCanvas })),
)

/** More than this is read as a list: a picture of it would say nothing. */
const mostDrawn = 300

/** What led to a thing and what came of it: as a picture, and as a list that holds the same. */
export function LineageView({ reference }: { readonly reference: string }) {
  const [direction, setDirection] = useState<LineageDirection>('both')
  const [asPicture, setAsPicture] = useState(true)
  const [showsContext, setShowsContext] = useState(false)
  // Null while nobody asked: what was asked by a box is not to go from under the hand with the last deleted run.
  const [showsDeleted, setShowsDeleted] = useState<boolean | null>(null)
  const hasDeleted = (useDeletedRuns().data?.length ?? 0) > 0
  const answer = useLineage(reference, direction, showsDeleted ?? false)
  const isOrigin = useCallback(
    (node: LineageNode) => node.id.endsWith(`:${reference}`) || node.digest === reference,
    [reference],
  )
  const whole = answer.isError ? undefined : answer.data
  const drawn = useMemo(() => (whole && !showsContext ? withoutContext(whole) : whole), [whole, showsContext])
  const tooMany = (drawn?.nodes.length ?? 0) > mostDrawn
  const pictured = asPicture && !tooMany
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
        {pictured && (
          <Checkbox
            label="With code, params and environment"
            checked={showsContext}
            onChange={(event) => setShowsContext(event.target.checked)}
          />
        )}
        {(hasDeleted || showsDeleted !== null) && (
          <Checkbox
            label="Show deleted"
            checked={showsDeleted ?? false}
            onChange={(event) => setShowsDeleted(event.target.checked)}
          />
        )}
        {whole && drawn && (
          <span className={styles.note}>
            {describeCount(whole.nodes.length, 'node')}
            {pictured && !showsContext && whole.nodes.some(isContext) && `, ${drawn.nodes.length} shown`}
            {tooMany && asPicture && `; more than ${mostDrawn} are shown as a list`}
          </span>
        )}
      </div>
      <div className={styles.place}>
        {answer.isError ? (
          <div className={styles.failure}>
            <ErrorNotice error={answer.error} />
          </div>
        ) : !whole || !drawn ? (
          <Loading what="the lineage" />
        ) : whole.nodes.length === 0 ? (
          <EmptyState icon={Waypoints} title="No lineage recorded" />
        ) : pictured ? (
          <Suspense fallback={<Loading what="the picture" />}>
            <LineageCanvas graph={drawn} isOrigin={isOrigin} />
          </Suspense>
        ) : (
          <LineageList graph={whole} />
        )}
      </div>
    </div>
  )
}
