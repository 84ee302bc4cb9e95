import { useCommands } from '../commands/command-registry.ts'
import { projectHref } from '../routing/route.ts'
import { navigate } from '../routing/use-route.ts'
import { areas } from './areas.ts'
import { toggleTabMode } from './editor-status.ts'
import { resetLayout, togglePane, togglePanel } from './layout-store.ts'
import { focusNextPane } from './panes.ts'

/** What can be done in every area of an open project. */
export function useWindowCommands(projectKey: string): void {
  useCommands([
    { id: 'go.home', title: 'Go to Home', context: 'Go', run: () => navigate('#/') },
    ...areas.map(({ view, title }) => ({
      id: `go.${view}`,
      title: `Go to ${title}`,
      context: 'Go',
      run: () => navigate(projectHref(projectKey, view)),
    })),
    { id: 'layout.sidebar', title: 'Show or hide the sidebar', context: 'View', run: () => togglePane('sidebar') },
    { id: 'layout.panel', title: 'Show or hide the bottom panel', context: 'View', run: () => togglePane('panel') },
    {
      id: 'layout.inspector',
      title: 'Show or hide the inspector',
      context: 'View',
      run: () => togglePane('inspector'),
    },
    { id: 'layout.reset', title: 'Reset layout', context: 'View', run: resetLayout },
    { id: 'panel.problems', title: 'Show problems', context: 'View', run: () => togglePanel('problems') },
    {
      id: 'panel.log',
      title: 'Show the log of the newest run',
      context: 'View',
      keywords: ['output', 'print'],
      run: () => togglePanel('log'),
    },
    {
      id: 'panel.jobs',
      title: 'Show jobs',
      context: 'View',
      keywords: ['progress', 'activity'],
      run: () => togglePanel('jobs'),
    },
    {
      id: 'editor.tabMode',
      title: 'Switch whether Tab leaves the editor',
      context: 'Editor',
      keywords: ['accessibility', 'focus', 'trap'],
      run: toggleTabMode,
    },
    { id: 'pane.next', title: 'Focus the next pane', context: 'View', run: () => focusNextPane(1) },
    { id: 'pane.previous', title: 'Focus the previous pane', context: 'View', run: () => focusNextPane(-1) },
  ])
}
