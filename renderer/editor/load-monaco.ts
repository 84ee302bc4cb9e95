import { fetchCode } from '../routing/fetch-code.ts'
import type { monaco } from './monaco.ts'

export type Monaco = typeof monaco

let loading: Promise<Monaco> | null = null

/** The editor's code, fetched when it is first needed; everybody gets the same one. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= fetchCode(() => Promise.all([import('./monaco.ts'), import('./editor-theme.ts')])).then(
    ([{ monaco }, { paintEditors }]) => {
      paintEditors(monaco)
      return monaco
    },
  )
  loading.catch(() => {
    loading = null
  })
  return loading
}

/** Fetches the editor while nothing else is going on, so that opening it is quick. */
export function warmEditor(): void {
  const start = () => void loadMonaco()
  if ('requestIdleCallback' in window) requestIdleCallback(start, { timeout: 4000 })
  else setTimeout(start, 1500)
}
