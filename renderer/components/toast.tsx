import { CircleCheck, OctagonX, X } from 'lucide-react'
import { Toast as Radix } from 'radix-ui'
import { create } from 'zustand'
import { toDescribedFailure } from '../clients/described-error.ts'
import { Button, IconButton } from './button.tsx'
import styles from './toast.module.css'

type Toast = {
  readonly id: number
  readonly tone: 'success' | 'danger'
  readonly title: string
  readonly text: string | null
  readonly action: { readonly label: string; readonly run: () => void } | null
}

const mostToasts = 3
let nextId = 1
const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }))

/** The result of something that is not on screen. Anything else belongs beside its cause. */
export function showToast(title: string, options: Partial<Pick<Toast, 'tone' | 'text' | 'action'>> = {}): void {
  const toast = { id: nextId++, tone: 'success' as const, text: null, action: null, title, ...options }
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, toast].slice(-mostToasts) }))
}

/** Says what went wrong with something that the person asked for, with its remedy. */
export function showFailure(error: unknown): void {
  const { message, remedy } = toDescribedFailure(error)
  showToast(message, { tone: 'danger', text: remedy })
}

/** Shows the toasts. Mount once, inside the window's root. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts)
  const leave = (id: number) => useToasts.setState((state) => ({ toasts: state.toasts.filter((t) => t.id !== id) }))
  return (
    <Radix.Provider swipeDirection="right" label="Notification">
      {toasts.map((toast) => {
        const Icon = toast.tone === 'danger' ? OctagonX : CircleCheck
        return (
          <Radix.Root
            key={toast.id}
            className={`${styles.toast} ${styles[toast.tone]}`}
            duration={toast.tone === 'danger' ? 1_000_000 : toast.action ? 10_000 : 6000}
            type={toast.tone === 'danger' ? 'foreground' : 'background'}
            onOpenChange={(open) => !open && leave(toast.id)}
          >
            <Icon size={16} aria-hidden className={styles.icon} />
            <div className={styles.words}>
              <Radix.Title className={styles.title}>{toast.title}</Radix.Title>
              {toast.text && <Radix.Description className={styles.text}>{toast.text}</Radix.Description>}
              {toast.action && (
                <Radix.Action asChild altText={toast.action.label}>
                  <Button small onClick={toast.action.run}>
                    {toast.action.label}
                  </Button>
                </Radix.Action>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton icon={X} label="Dismiss" size={13} />
            </Radix.Close>
          </Radix.Root>
        )
      })}
      <Radix.Viewport className={styles.viewport} />
    </Radix.Provider>
  )
}
