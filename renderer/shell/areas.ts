import { Boxes, FlaskConical, Layers2, Ship, Table2, Workflow } from 'lucide-react'
import type { Area } from './area.ts'

/** The areas of an open project, in the order of the activity bar. A new area is one entry here. */
export const areas: readonly Area[] = [
  {
    view: 'build',
    title: 'Build',
    icon: Workflow,
    load: () => import('../views/build/build-area.tsx').then((module) => module.buildArea),
  },
  {
    view: 'data',
    title: 'Data',
    icon: Table2,
    load: () => import('../views/data/data-area.tsx').then((module) => module.dataArea),
  },
  {
    view: 'runs',
    title: 'Runs',
    icon: FlaskConical,
    load: () => import('../views/runs/runs-area.tsx').then((module) => module.runsArea),
  },
  {
    view: 'models',
    title: 'Models',
    icon: Boxes,
    load: () => import('../views/models/models-area.tsx').then((module) => module.modelsArea),
  },
  {
    view: 'ship',
    title: 'Ship',
    icon: Ship,
    load: () => import('../views/ship/ship-area.tsx').then((module) => module.shipArea),
  },
  {
    view: 'environments',
    title: 'Environments',
    icon: Layers2,
    load: () => import('../views/environments/environments-area.tsx').then((module) => module.environmentsArea),
  },
]
