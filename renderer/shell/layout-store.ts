import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { lateStorage } from './late-storage.ts'
import { isWide } from './use-is-wide.ts'

export type BottomTab = 'problems' | 'log' | 'jobs'

type Layout = {
  readonly sidebar: boolean
  readonly inspector: boolean
  /** The inspector where it lies over the main area: opened on demand, never by habit. */
  readonly overlay: boolean
  readonly panel: boolean
  readonly bottomTab: BottomTab
}

const usual: Layout = { sidebar: true, inspector: true, overlay: false, panel: false, bottomTab: 'problems' }

/** Which panes are open: a habit of the person, not of the project. */
export const useLayout = create<Layout>()(
  persist(() => usual, {
    name: 'slipway.panes',
    storage: lateStorage(),
    partialize: ({ overlay: _, ...habits }) => habits as Layout,
  }),
)

export function togglePane(pane: 'sidebar' | 'inspector' | 'panel'): void {
  const place = pane === 'inspector' && !isWide() ? 'overlay' : pane
  useLayout.setState((now) => ({ [place]: !now[place] }))
}

/** Brings the inspector into sight for what was just asked to be looked at. */
export function showInspector(): void {
  useLayout.setState(isWide() ? { inspector: true } : { overlay: true })
}

export function showPanel(bottomTab: BottomTab): void {
  useLayout.setState({ panel: true, bottomTab })
}

/** Opens the panel on a tab, or closes it when that is what it shows. */
export function togglePanel(bottomTab: BottomTab): void {
  useLayout.setState((now) =>
    now.panel && now.bottomTab === bottomTab ? { panel: false } : { panel: true, bottomTab },
  )
}

const forgetting = new Set<() => void>()

/** For who keeps a layout of its own under `slipway.layout.`: what is on screen has to change, too. */
export function onLayoutReset(forget: () => void): void {
  forgetting.add(forget)
}

export function resetLayout(): void {
  useLayout.setState(usual)
  for (const forget of forgetting) forget()
  for (const key of Object.keys(localStorage)) if (key.startsWith('slipway.layout.')) localStorage.removeItem(key)
}
