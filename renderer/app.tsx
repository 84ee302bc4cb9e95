import { QueryClientProvider } from '@tanstack/react-query'
import { Tooltip } from 'radix-ui'
import { Suspense, use } from 'react'
import { createRoot } from 'react-dom/client'
import { loadWorkbench } from './ask-ahead.ts'
import { HomeConnectionProvider, ProjectConnectionProvider } from './clients/connections.tsx'
import { Palette } from './commands/palette.tsx'
import { ShortcutsDialog } from './commands/shortcuts-dialog.tsx'
import { useKeyboard } from './commands/use-keyboard.ts'
import { Announcer } from './components/announcer.tsx'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { Loading } from './components/loading.tsx'
import { Toasts } from './components/toast.tsx'
import { queryClient } from './queries/query-client.ts'
import { keepCode } from './routing/fetch-code.ts'
import type { Route } from './routing/route.ts'
import { useRoute } from './routing/use-route.ts'
import { useRememberedTheme } from './shell/use-remembered-theme.ts'
import { HomePage } from './views/home/home-page.tsx'

/** Home starts without it. */
function LateWorkbench({ route }: { readonly route: Extract<Route, { place: 'project' }> }) {
  const { Workbench } = use(keepCode(loadWorkbench))
  return <Workbench route={route} />
}

export function showApp(place: HTMLElement): void {
  createRoot(place).render(<App />)
}

/** One window: Home, or the workbench of the project that the address names. */
function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delayDuration={350}>
        <ErrorBoundary>
          <HomeConnectionProvider>
            <Place />
          </HomeConnectionProvider>
        </ErrorBoundary>
        <Toasts />
        <Announcer />
      </Tooltip.Provider>
    </QueryClientProvider>
  )
}

function Place() {
  const route = useRoute()
  useKeyboard()
  useRememberedTheme()
  return (
    <>
      {route.place === 'home' ? (
        <HomePage />
      ) : (
        <ProjectConnectionProvider key={route.key} projectKey={route.key}>
          <Suspense fallback={<Loading what="the project" />}>
            <LateWorkbench route={route} />
          </Suspense>
        </ProjectConnectionProvider>
      )}
      <Palette />
      <ShortcutsDialog />
    </>
  )
}
