import { Boxes, FlaskConical, Layers2, Ship, Table2, Workflow } from 'lucide-react'
import type { Area } from './area.ts'
import { areaCode } from './area-code.ts'

/** The areas of an open project, in the order of the activity bar. A new area is one entry here, and one of its code. */
export const areas: readonly Area[] = [
  { view: 'build', title: 'Build', icon: Workflow, load: areaCode.build },
  { view: 'data', title: 'Data', icon: Table2, load: areaCode.data },
  { view: 'runs', title: 'Runs', icon: FlaskConical, load: areaCode.runs },
  { view: 'models', title: 'Models', icon: Boxes, load: areaCode.models },
  { view: 'ship', title: 'Ship', icon: Ship, load: areaCode.ship },
  { view: 'environments', title: 'Environments', icon: Layers2, load: areaCode.environments },
]
