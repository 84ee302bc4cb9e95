import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useProjectKey } from '../clients/connections.tsx'
import { useModels } from '../queries/model-queries.ts'
import { projectHref } from '../routing/route.ts'
import { navigate, useRoute } from '../routing/use-route.ts'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { Loading } from './loading.tsx'
import { Page } from './page.tsx'

type Models = NonNullable<ReturnType<typeof useModels>['data']>

/** An area about one model version: `AREA` shows the newest, `AREA/NAME@VERSION` that one; without any it says how to get one. */
export function ModelArea({ title, icon, emptyTitle, emptyText, children }: ModelAreaParts) {
  const project = useProjectKey()
  const route = useRoute()
  const models = useModels()
  const [first, setFirst] = useState<string | null>(null)
  const newest = models.data?.[0]?.versions.at(-1)
  const chosen = route.place === 'project' ? route.path[0] : undefined
  // Whoever looks at the newest goes on looking at that one: a press must not land on another that came meanwhile.
  const shown = chosen ? null : (first ?? (newest ? `${newest.name}@${newest.version}` : null))
  if (shown !== first) setFirst(shown)
  if (models.isError) return <Page title={title}>{<ErrorNotice error={models.error} />}</Page>
  if (!models.data) return <Loading what="models" />
  const model = chosen ?? shown
  if (model !== null) return children(model, models.data)
  const toRuns = (
    <Button look="primary" onClick={() => navigate(projectHref(project, 'runs'))}>
      Go to runs
    </Button>
  )
  return (
    <Page title={title} scrolls={false}>
      <EmptyState icon={icon} title={emptyTitle} actions={toRuns}>
        {emptyText}
      </EmptyState>
    </Page>
  )
}

type ModelAreaParts = {
  readonly title: string
  readonly icon: LucideIcon
  readonly emptyTitle: string
  readonly emptyText: string
  readonly children: (model: string, models: Models) => ReactNode
}
