import { openLineAhead } from './clients/open-line.ts'
import { keepCode } from './routing/fetch-code.ts'
import type { Route } from './routing/route.ts'
import { areaCode } from './shell/area-code.ts'

export const loadWorkbench = () => import('./shell/workbench.tsx')

/**
 * Asks at once for all that the first screen needs, each part of which would else be asked for by the one before:
 * the lines to core and the code of the workbench and of its area. Who needs a part asks again and gets this one.
 * Settles when the code is here, or cannot be had: then who needs it says so.
 */
export async function askAhead(route: Route): Promise<void> {
  openLineAhead({ kind: 'home' })
  if (route.place === 'home') return
  openLineAhead({ kind: 'project', key: route.key })
  const loads: (() => Promise<unknown>)[] = [loadWorkbench]
  if (Object.hasOwn(areaCode, route.view)) loads.push(areaCode[route.view as keyof typeof areaCode])
  await Promise.allSettled(loads.map(keepCode))
}
