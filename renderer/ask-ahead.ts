import { openLineAhead } from './clients/open-line.ts'
import type { Route } from './routing/route.ts'
import { areaCode } from './shell/area-code.ts'

export const loadWorkbench = () => import('./shell/workbench.tsx')

/**
 * Asks at once for all that the first screen needs, each part of which would else be asked for by the one before:
 * the lines to core and the code of the workbench and of its area. Who needs a part asks again and gets this one;
 * what failed is tried again there.
 */
export function askAhead(route: Route): void {
  openLineAhead({ kind: 'home' })
  if (route.place === 'home') return
  openLineAhead({ kind: 'project', key: route.key })
  const loads = [loadWorkbench, Object.hasOwn(areaCode, route.view) && areaCode[route.view as keyof typeof areaCode]]
  for (const load of loads) if (load) void load().catch(() => undefined)
}
