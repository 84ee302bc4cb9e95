import { useState } from 'react'
import type { DatasetUse } from '../../../core/domain/dataset.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { describeTime } from '../../components/describe-values.ts'
import { projectHref } from '../../routing/route.ts'
import styles from './dataset-page.module.css'

const shownAtFirst = 3

/** The runs that read a version, newest first; a few, then all that are asked for. */
export function RunLinks({ uses }: { readonly uses: readonly DatasetUse[] }) {
  const project = useProjectKey()
  const [showsAll, setShowsAll] = useState(false)
  const byRun = new Map<string, DatasetUse & { steps: string[] }>()
  for (const use of uses) {
    const known = byRun.get(use.runId)
    if (known) known.steps.push(use.step)
    else byRun.set(use.runId, { ...use, steps: [use.step] })
  }
  const runs = [...byRun.values()]
  if (runs.length === 0) return <span className={styles.muted}>none yet</span>
  return (
    <span className={styles.links}>
      {(showsAll ? runs : runs.slice(0, shownAtFirst)).map(({ runId, startedAt, steps }) => {
        const words = `Read by ${steps.join(', ')}${startedAt === null ? '' : `, ${describeTime(startedAt)}`}`
        // A run that was taken away leaves its name.
        return startedAt === null ? (
          <span key={runId} title={words}>
            {runId}
          </span>
        ) : (
          <a key={runId} href={projectHref(project, 'runs', [runId])} title={words}>
            {runId}
          </a>
        )
      })}
      {!showsAll && runs.length > shownAtFirst && (
        <Button small look="quiet" onClick={() => setShowsAll(true)}>
          {runs.length - shownAtFirst} more
        </Button>
      )}
    </span>
  )
}
