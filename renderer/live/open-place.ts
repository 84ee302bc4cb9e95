import { create } from 'zustand'
import { parseRoute, projectHref } from '../routing/route.ts'
import { navigate } from '../routing/use-route.ts'

export type Place = { readonly module: string; readonly line: number; readonly column?: number }

/** The place in the project's text that somebody asked to see; the editor goes there. */
export const useWantedPlace = create<{ place: Place | null }>(() => ({ place: null }))

/** Shows a line of a project file in the editor, from wherever in the window. */
export function openPlace({ module, line, column }: Place): void {
  const route = parseRoute(location.hash)
  if (route.place === 'project' && route.view !== 'build') navigate(projectHref(route.key, 'build'))
  useWantedPlace.setState({ place: { module, line, column: column ?? 1 } })
}
