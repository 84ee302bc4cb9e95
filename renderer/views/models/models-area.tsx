import { Boxes } from 'lucide-react'
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
import { ModelVersionPage } from './model-version-page.tsx'
import { ModelsList } from './models-list.tsx'

/** `models` shows the newest version, `models/NAME@VERSION` that one. */
function ModelsMain() {
  const project = useProjectKey()
  const route = useRoute()
  const models = useModels()
  if (models.isError) return <Page title="Models">{<ErrorNotice error={models.error} />}</Page>
  if (!models.data) return <Loading what="models" />
  const newest = models.data[0]?.versions.at(-1)
  const chosen = route.place === 'project' ? route.path[0] : undefined
  const model = chosen ?? (newest ? `${newest.name}@${newest.version}` : null)
  if (model === null) {
    return (
      <Page title="Models" scrolls={false}>
        <EmptyState
          icon={Boxes}
          title="No model versions yet"
          actions={
            <Button look="primary" onClick={() => navigate(projectHref(project, 'runs'))}>
              Go to runs
            </Button>
          }
        >
          Open a run that trained a model and register it. A version can then be reviewed, approved and shipped.
        </EmptyState>
      </Page>
    )
  }
  const tab = route.place === 'project' ? (route.query.get('tab') ?? 'evidence') : 'evidence'
  return <ModelVersionPage key={model} model={model} tab={tab} />
}

export const modelsArea: AreaParts = { Main: ModelsMain, Sidebar: ModelsList }
