import { useEffect } from 'react'
import type { RunView } from '../../../core/domain/run-views.ts'
import { showToast } from '../../components/toast.tsx'
import { projectHref } from '../../routing/route.ts'
import { useRoute } from '../../routing/use-route.ts'
import { viewOfLink } from './views-menu.tsx'

/** Takes a view that an address brought, once: what is changed afterwards is not undone by a reload. */
export function useLinkedView(project: string, use: (view: RunView) => void): void {
  const route = useRoute()
  const link = route.place === 'project' ? route.query.get('view') : undefined
  useEffect(() => {
    if (link === undefined) return
    const view = viewOfLink(link)
    if (view) use(view)
    else showToast('The address holds no view that can be read', { tone: 'danger', text: 'Ask for it again.' })
    history.replaceState(null, '', projectHref(project, 'runs'))
    window.dispatchEvent(new HashChangeEvent('hashchange'))
  }, [link, project, use])
}
