import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import styles from './form-dialog.module.css'

type FormDialogProps = {
  readonly title: string
  readonly description?: ReactNode
  readonly wide?: boolean
  /** What the button that sends says. */
  readonly action: string
  /** The sign on that button. */
  readonly icon?: LucideIcon
  readonly busy: boolean
  /** Why it cannot be sent yet. */
  readonly missing?: string | null
  readonly onSend: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A dialog that is a form: Return sends it from any of its fields, as its button does, once nothing is missing. */
export function FormDialog(props: FormDialogProps) {
  const { title, description, wide = false, action, icon, busy, missing = null, onSend, onClose, children } = props
  const form = useId()
  return (
    <Dialog
      open
      wide={wide}
      onClose={onClose}
      title={title}
      description={description}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" icon={icon} type="submit" form={form} busy={busy} disabledReason={missing}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (missing === null && !busy) onSend()
        }}
      >
        {children}
      </form>
    </Dialog>
  )
}
