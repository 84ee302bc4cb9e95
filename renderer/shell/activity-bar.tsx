import { House, type LucideIcon, Moon, Sun, SunMoon } from 'lucide-react'
import { shortcutsOf } from '../commands/command-registry.ts'
import { describeShortcut } from '../commands/keys.ts'
import { Hint, IconButton } from '../components/button.tsx'
import { useChangeSettings } from '../queries/home-queries.ts'
import { projectHref } from '../routing/route.ts'
import { chooseTheme, type ThemeChoice, useTheme } from '../theme/theme.ts'
import styles from './activity-bar.module.css'
import { areas } from './areas.ts'

type ActivityBarProps = {
  readonly projectKey: string
  readonly current: string
  readonly className: string | undefined
}

/** The areas of the window as links, so that each can be opened, copied and gone back to. */
export function ActivityBar({ projectKey, current, className }: ActivityBarProps) {
  return (
    <nav className={`${styles.bar} ${className}`} aria-label="Areas" data-pane tabIndex={-1}>
      <ul className={styles.list}>
        <Entry href="#/" title="Home" id="go.home" icon={House} isCurrent={false} />
        {areas.map(({ view, title, icon }) => (
          <Entry
            key={view}
            href={projectHref(projectKey, view)}
            title={title}
            id={`go.${view}`}
            icon={icon}
            isCurrent={view === current}
          />
        ))}
      </ul>
      <ThemeButton />
    </nav>
  )
}

type EntryProps = {
  readonly href: string
  readonly title: string
  readonly id: string
  readonly icon: LucideIcon
  readonly isCurrent: boolean
}

function Entry({ href, title, id, icon: Icon, isCurrent }: EntryProps) {
  const shortcut = shortcutsOf(id)[0]
  return (
    <li>
      <Hint side="right" text={shortcut ? `${title} (${describeShortcut(shortcut)})` : title}>
        <a href={href} className={styles.entry} aria-current={isCurrent ? 'page' : undefined}>
          <Icon size={18} strokeWidth={1.8} aria-hidden />
          <span className={styles.word}>{title}</span>
        </a>
      </Hint>
    </li>
  )
}

const nextChoice: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' }
const choiceIcons: Record<ThemeChoice, LucideIcon> = { system: SunMoon, light: Sun, dark: Moon }

export function ThemeButton() {
  const choice = useTheme((state) => state.choice)
  const change = useChangeSettings()
  const next = nextChoice[choice]
  const choose = () => {
    chooseTheme(next)
    void window.slipway?.setTheme(next)
    change.mutate({ theme: next })
  }
  return <IconButton icon={choiceIcons[choice]} label={`Theme: ${choice}. Change to ${next}`} onClick={choose} />
}
