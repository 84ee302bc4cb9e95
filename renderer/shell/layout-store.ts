import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export type BottomTab = 'problems' | 'log' | 'jobs'

type Layout = {
  readonly sidebar: boolean
  readonly inspector: boolean
  readonly panel: boolean
  readonly bottomTab: BottomTab
}

const usual: Layout = { sidebar: true, inspector: true, panel: false, bottomTab: 'problems' }

/** Which panes are open: a habit of the person, not of the project. */
export const useLayout = create<Layout>()(persist(() => usual, { name: 'slipway.panes' }))

export function togglePane(pane: 'sidebar' | 'inspector' | 'panel'): void {
  useLayout.setState((now) => ({ [pane]: !now[pane] }))
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

export function resetLayout(): void {
  useLayout.setState(usual)
  for (const key of Object.keys(localStorage)) if (key.startsWith('slipway.layout.')) localStorage.removeItem(key)
}
