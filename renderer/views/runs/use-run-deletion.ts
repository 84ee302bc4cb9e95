import { announce } from '../../components/announcer.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { showFailure, showToast } from '../../components/toast.tsx'
import { useDeleteRuns, useRestoreRuns } from '../../queries/run-queries.ts'

/** Deleting runs, with the way back in a toast for ten seconds and among the deleted runs for 30 days. */
export function useRunDeletion() {
  const remove = useDeleteRuns()
  const restore = useRestoreRuns()
  const bringBack = (ids: readonly string[]) =>
    restore.mutateAsync(ids).then(() => announce(`${describeCount(ids.length, 'run')} restored`), showFailure)
  return {
    isBusy: remove.isPending || restore.isPending,
    restore: bringBack,
    async delete(ids: readonly string[]): Promise<boolean> {
      try {
        await remove.mutateAsync(ids)
      } catch (error) {
        showFailure(error)
        return false
      }
      showToast(`${describeCount(ids.length, 'run')} deleted`, {
        text: 'Among the deleted runs for 30 days.',
        action: { label: 'Undo', run: () => void bringBack(ids) },
      })
      return true
    },
  }
}
