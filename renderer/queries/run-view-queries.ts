import { formatRunViews, parseRunViews, type RunView, runViewsFile, withView } from '../../core/domain/run-views.ts'
import type { ProjectClient } from '../clients/connections.tsx'
import { toDescribedFailure } from '../clients/described-error.ts'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

/** The saved views of the project; asked again when any of its files changes. */
export function useRunViews() {
  return useProjectQuery(['files', 'run-views'], async (client) => (await readViews(client)).views)
}

export function useSaveRunView() {
  return useProjectCommand((client, view: RunView) => changeViews(client, (views) => withView(views, view)), ['files'])
}

export function useRemoveRunView() {
  return useProjectCommand(
    (client, name: string) => changeViews(client, (views) => views.filter((view) => view.name !== name)),
    ['files'],
  )
}

async function readViews(client: ProjectClient) {
  try {
    const { text, digest } = await client.project.readFile({ path: runViewsFile })
    return { views: parseRunViews(text), digest }
  } catch (error) {
    if (toDescribedFailure(error).code === 'project/fileMissing') return { views: [], digest: null }
    throw error
  }
}

/** What somebody else saved meanwhile is read again and kept. */
async function changeViews(
  client: ProjectClient,
  change: (views: readonly RunView[]) => readonly RunView[],
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { views, digest } = await readViews(client)
    try {
      await client.project.writeFile({ path: runViewsFile, text: formatRunViews(change(views)), digest })
      return
    } catch (error) {
      if (attempt === 2 || toDescribedFailure(error).code !== 'project/fileChanged') throw error
    }
  }
}
