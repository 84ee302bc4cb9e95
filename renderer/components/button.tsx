import type { LucideIcon } from 'lucide-react'
import { Tooltip } from 'radix-ui'
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { runCommand, shortcutsOf, useCommand } from '../commands/command-registry.ts'
import { describeShortcut } from '../commands/keys.ts'
import styles from './button.module.css'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> & {
  readonly look?: Look
  readonly small?: boolean
  readonly icon?: LucideIcon | undefined
  /** Why it cannot be pressed now; the button stays reachable and says it. */
  readonly disabledReason?: string | null | undefined
  readonly busy?: boolean
  /** What is said of it while it can be pressed. */
  readonly hint?: string | undefined
}

export function Button({
  look = 'plain',
  small = false,
  icon: Icon,
  disabledReason,
  busy = false,
  hint,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const off = Boolean(disabledReason) || busy
  const button = (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[look], small && styles.small, className].filter(Boolean).join(' ')}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={off ? (event) => event.preventDefault() : onClick}
    >
      {Icon && <Icon size={small ? 13 : 14} strokeWidth={2} aria-hidden />}
      {children}
    </button>
  )
  return <Hint text={disabledReason || hint || null}>{button}</Hint>
}

type IconButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'disabled'> & {
  readonly icon: LucideIcon
  readonly label: string
  readonly shortcut?: string | undefined
  readonly disabledReason?: string | null | undefined
  readonly size?: number
}

/** A button that shows a sign only; its name and key come as a tooltip. */
export function IconButton({
  icon: Icon,
  label,
  shortcut,
  disabledReason,
  size = 15,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  const hint = disabledReason ?? (shortcut ? `${label} (${describeShortcut(shortcut)})` : label)
  return (
    <Hint text={hint}>
      <button
        type="button"
        {...rest}
        className={[styles.icon, className].filter(Boolean).join(' ')}
        aria-label={label}
        aria-disabled={disabledReason ? true : undefined}
        onClick={disabledReason ? undefined : onClick}
      >
        <Icon size={size} strokeWidth={1.9} aria-hidden />
      </button>
    </Hint>
  )
}

/** A button for a registered command: its title, key and reason come from the registry. */
export function CommandButton({
  id,
  label,
  ...rest
}: { readonly id: string; readonly label?: ReactNode } & Omit<ButtonProps, 'onClick' | 'disabledReason'>) {
  const command = useCommand(id)
  const shortcut = shortcutsOf(id)[0]
  const title = command?.title ?? id
  return (
    <Button
      {...rest}
      disabledReason={command ? command.disabled : 'Not available here.'}
      hint={shortcut && `${title} (${describeShortcut(shortcut)})`}
      onClick={() => runCommand(id)}
    >
      {label ?? title}
    </Button>
  )
}

type HintProps = {
  readonly text: string | null
  /** Where its neighbours are not: it takes the clicks of what it covers. */
  readonly side?: 'top' | 'right' | undefined
  readonly children: ReactNode
}

/**
 * A short text beside what it is about, on hover and on focus. Without a text it stays around it all the same: an
 * element that is made anew between press and release loses the click, and one that has the focus loses that.
 */
export function Hint({ text, side, children }: HintProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild {...(text === null ? { 'aria-describedby': undefined } : {})}>
        {children}
      </Tooltip.Trigger>
      {text !== null && (
        <Tooltip.Portal>
          <Tooltip.Content className={styles.hint} side={side} sideOffset={6} collisionPadding={8}>
            {text}
          </Tooltip.Content>
        </Tooltip.Portal>
      )}
    </Tooltip.Root>
  )
}
