import { Ship } from 'lucide-react'
import { ModelArea } from '../../components/model-area.tsx'
import type { AreaParts } from '../../shell/area.ts'
import { ImagesList } from './images-list.tsx'
import { ShipPage } from './ship-page.tsx'

function ShipMain() {
  return (
    <ModelArea
      title="Ship"
      icon={Ship}
      emptyTitle="Nothing to ship until a model version exists"
      emptyText="Run the pipeline, register the model of a run, approve it; then build, serve and push it here."
    >
      {(model, models) => <ShipPage key={model} model={model} models={models} />}
    </ModelArea>
  )
}

export const shipArea: AreaParts = { Main: ShipMain, Sidebar: ImagesList }
