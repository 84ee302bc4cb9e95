import { Workflow } from 'lucide-react'
import type { Area } from './area.ts'

/** The areas of an open project, in the order of the activity bar. A new area is one entry here. */
export const areas: readonly Area[] = [
  {
    view: 'build',
    title: 'Build',
    icon: Workflow,
    load: () => import('../views/build/build-area.tsx').then((module) => module.buildArea),
  },
]
