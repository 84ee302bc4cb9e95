import { Fragment, type ReactNode, Suspense, use } from 'react'
import { ErrorBoundary } from '../components/error-boundary.tsx'
import { Loading } from '../components/loading.tsx'
import { SplitPane } from '../components/split-pane.tsx'
import { keepCode } from '../routing/fetch-code.ts'
import { useRoute } from '../routing/use-route.ts'
import type { Area } from './area.ts'
import { BottomPanel } from './bottom-panel.tsx'
import { useLayout } from './layout-store.ts'
import { Overlay } from './overlay.tsx'
import { useIsWide } from './use-is-wide.ts'
import styles from './workbench.module.css'

/** Sidebar, main area, inspector and bottom panel of the area that is open. */
export function AreaHost({ area }: { readonly area: Area }) {
  return (
    <ErrorBoundary resetOn={area.view}>
      <Suspense fallback={<Loading what={area.title} />}>
        <Panes area={area} />
      </Suspense>
    </ErrorBoundary>
  )
}

function Panes({ area }: { readonly area: Area }) {
  const { Main, Sidebar, Inspector: Offered, inspects, Frame = Fragment } = use(keepCode(area.load))
  const route = useRoute()
  const Inspector = route.place === 'project' && inspects?.(route.path) === false ? undefined : Offered
  const { sidebar, inspector, overlay, panel } = useLayout()
  const isWide = useIsWide()
  const main = (
    <main className={styles.main} aria-label={area.title} data-pane tabIndex={-1}>
      <ErrorBoundary resetOn={area.view}>
        <Main />
      </ErrorBoundary>
    </main>
  )
  const bottom = { id: 'bottom panel', content: <BottomPanel />, size: 220, minSize: 100, keepsPixels: true }
  const middle = (
    <SplitPane
      name="panel"
      orientation="vertical"
      panes={[{ id: 'main area', content: main, minSize: 160 }, ...(panel ? [bottom] : [])]}
    />
  )
  const side = (pane: ReactNode, label: string) => (
    <aside className={styles.side} aria-label={label} data-pane tabIndex={-1}>
      <ErrorBoundary resetOn={area.view}>{pane}</ErrorBoundary>
    </aside>
  )
  return (
    <Frame>
      <SplitPane
        name={`area-${area.view}`}
        orientation="horizontal"
        panes={[
          ...(sidebar && Sidebar
            ? [
                {
                  id: 'sidebar',
                  content: side(<Sidebar />, `${area.title} sidebar`),
                  size: 232,
                  minSize: 170,
                  maxSize: 480,
                  keepsPixels: true,
                },
              ]
            : []),
          { id: 'middle', content: middle, minSize: 320 },
          ...(Inspector && inspector && isWide
            ? [
                {
                  id: 'inspector',
                  content: side(<Inspector />, 'Inspector'),
                  size: 300,
                  minSize: 220,
                  maxSize: 560,
                  keepsPixels: true,
                },
              ]
            : []),
        ]}
      />
      {Inspector && overlay && !isWide && <Overlay>{side(<Inspector />, 'Inspector')}</Overlay>}
    </Frame>
  )
}
