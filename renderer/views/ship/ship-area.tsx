import { Ship } from 'lucide-react'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { useModels } from '../../queries/model-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate, useRoute } from '../../routing/use-route.ts'
import type { AreaParts } from '../../shell/area.ts'
import { ImagesList } from './images-list.tsx'
import { ShipPage } from './ship-page.tsx'

/** `ship` shows the newest model version, `ship/NAME@VERSION` that one. */
function ShipMain() {
  const project = useProjectKey()
  const route = useRoute()
  const models = useModels()
  if (models.isError) return <Page title="Ship">{<ErrorNotice error={models.error} />}</Page>
  if (!models.data) return <Loading what="models" />
  const newest = models.data[0]?.versions.at(-1)
  const chosen = route.place === 'project' ? route.path[0] : undefined
  const model = chosen ?? (newest ? `${newest.name}@${newest.version}` : null)
  if (model === null) {
    return (
      <Page title="Ship" scrolls={false}>
        <EmptyState
          icon={Ship}
          title="Nothing to ship until a model version exists"
          actions={
            <Button look="primary" onClick={() => navigate(projectHref(project, 'runs'))}>
              Go to runs
            </Button>
          }
        >
          Run the pipeline, register the model of a run, approve it; then build, serve and push it here.
        </EmptyState>
      </Page>
    )
  }
  return <ShipPage key={model} model={model} models={models.data} />
}

export const shipArea: AreaParts = { Main: ShipMain, Sidebar: ImagesList }
