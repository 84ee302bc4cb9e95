// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { IconButton } from './button.tsx'
import styles from './dialog.module.css'
import { giveFocusBack } from './focus-history.ts'

type DialogProps = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  /** One or two sentences under the title; read out when the dialog opens. */
  readonly description?: ReactNode
  readonly children?: ReactNode
  /** Buttons; the safe one first, the one that acts last. */
  readonly actions?: ReactNode
  readonly wide?: boolean
}

/** A question that must be answered now. Keeps the focus inside and gives it back afterwards. */
export function Dialog({ open, onClose, title, description, children, actions, wide = false }: DialogProps) {
  const content = useRef<HTMLDivElement>(null)
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.backdrop} />
        <Radix.Content
          ref={content}
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            const first = content.current?.querySelector<HTMLElement>('input:not([type=radio]), textarea, select')
            ;(first ?? content.current)?.focus()
          }}
          onCloseAutoFocus={giveFocusBack}
          className={`${styles.dialog} ${wide ? styles.wide : ''}`}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className={styles.header}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon={X} label="Close" />
            </Radix.Close>
          </header>
          {description && (
            <Radix.Description asChild>
              <div className={styles.description}>{description}</div>
            </Radix.Description>
          )}
          {/* It scrolls when it holds much, and then has to be reached by keys. */}
          <div className={styles.body} tabIndex={0}>
            {children}
          </div>
          {actions && <footer className={styles.actions}>{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
