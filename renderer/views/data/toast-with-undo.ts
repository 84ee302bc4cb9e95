import { announce } from '../../components/announcer.tsx'
import { showFailure, showToast } from '../../components/toast.tsx'

/** Says what was done, with the way back for as long as the toast stays. */
export function toastWithUndo(title: string, text: string, undo: () => Promise<unknown>): void {
  const run = () => void undo().then(() => announce('Undone'), showFailure)
  showToast(title, { text, action: { label: 'Undo', run } })
}
