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

/** By then the screen that was opened first has what it needs. */
const restMs = 5_000

/**
 * Fetches the editor while nothing else is going on, so that opening it is quick: not while a window starts, since to
 * read so much code takes as long as all the rest. @returns how to leave it
 */
export function warmEditor(): () => void {
  let asked = 0
  const timer = setTimeout(() => {
    asked = requestIdleCallback(() => void loadMonaco().catch(() => undefined))
  }, restMs)
  return () => {
    clearTimeout(timer)
    cancelIdleCallback(asked)
  }
}
