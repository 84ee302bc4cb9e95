import { Boxes } from 'lucide-react'
import { ModelArea } from '../../components/model-area.tsx'
import { useRoute } from '../../routing/use-route.ts'
import type { AreaParts } from '../../shell/area.ts'
import { ModelVersionPage } from './model-version-page.tsx'
import { ModelsList } from './models-list.tsx'

function ModelsMain() {
  const route = useRoute()
  const tab = route.place === 'project' ? (route.query.get('tab') ?? 'evidence') : 'evidence'
  return (
    <ModelArea
      title="Models"
      icon={Boxes}
      emptyTitle="No model versions yet"
      emptyText="Open a run that trained a model and register it. A version can then be reviewed, approved and shipped."
    >
      {(model) => <ModelVersionPage key={model} model={model} tab={tab} />}
    </ModelArea>
  )
}

export const modelsArea: AreaParts = { Main: ModelsMain, Sidebar: ModelsList }
