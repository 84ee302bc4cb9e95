import type { AreaParts } from './area.ts'

/** Where the code of each area is, apart from all that it takes to draw the window: it is asked for before that is here. */
export const areaCode = {
  build: () => import('../views/build/build-area.tsx').then((module) => module.buildArea),
  data: () => import('../views/data/data-area.tsx').then((module) => module.dataArea),
  runs: () => import('../views/runs/runs-area.tsx').then((module) => module.runsArea),
  models: () => import('../views/models/models-area.tsx').then((module) => module.modelsArea),
  ship: () => import('../views/ship/ship-area.tsx').then((module) => module.shipArea),
  environments: () => import('../views/environments/environments-area.tsx').then((module) => module.environmentsArea),
} satisfies Readonly<Record<string, () => Promise<AreaParts>>>
