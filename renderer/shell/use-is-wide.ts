import { useSyncExternalStore } from 'react'

const wide = '(min-width: 1280px)'
const roomy = '(min-width: 1000px)'

export function isWide(): boolean {
  return matchMedia(wide).matches
}

/** Wide enough for the inspector beside the main area; otherwise it lies over it. */
export function useIsWide(): boolean {
  return useMedia(wide)
}

/** Wide enough for text and graph side by side; otherwise they become tabs. */
export function useIsRoomy(): boolean {
  return useMedia(roomy)
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => matchMedia(query).matches,
  )
}
