import { announce } from '../../components/announcer.tsx'
import { showFailure } from '../../components/toast.tsx'
import { useDatasets, useDeclareDataset } from '../../queries/dataset-queries.ts'
import { nameForPath } from './dataset-words.ts'
import { toastWithUndo } from './toast-with-undo.ts'
import { useReadOnlyReason } from './use-read-only-reason.ts'

/** Gives a file an entry in slipway.toml under a name made from its path; the next run records its version. */
export function useDeclareFile() {
  const taken = new Set((useDatasets().data ?? []).map(({ name }) => name))
  const change = useDeclareDataset()
  const declare = (path: string) => {
    const name = nameForPath(path, taken)
    change.mutate(
      { name, path },
      {
        onSuccess: ({ undo }) => {
          announce(`${path} is declared as ${name}`)
          toastWithUndo(`Declared as ${name}`, 'Add a version now, or let the next run record it.', undo)
        },
        onError: showFailure,
      },
    )
  }
  return {
    declare,
    disabledReason: useReadOnlyReason(),
    busyPath: change.isPending ? (change.variables.path ?? null) : null,
  }
}
