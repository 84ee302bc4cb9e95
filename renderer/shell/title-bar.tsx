import { ChevronDown, PanelBottom, PanelLeft, PanelRight, Search } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { runCommand, shortcutsOf } from '../commands/command-registry.ts'
import { describeShortcut } from '../commands/keys.ts'
import { IconButton } from '../components/button.tsx'
import menu from '../components/menu.module.css'
import { useKnownProjects } from '../queries/home-queries.ts'
import { useProject } from '../queries/workspace-queries.ts'
import { projectHref } from '../routing/route.ts'
import { navigate } from '../routing/use-route.ts'
import { togglePane, useLayout } from './layout-store.ts'
import styles from './title-bar.module.css'
import { useIsWide } from './use-is-wide.ts'

export function TitleBar({ className }: { readonly className: string | undefined }) {
  const panes = useLayout()
  const isWide = useIsWide()
  return (
    <header className={`${styles.bar} ${className}`}>
      <ProjectMenu />
      <button type="button" className={styles.search} onClick={() => runCommand('palette.open')}>
        <Search size={14} aria-hidden />
        <span>Search or run a command</span>
        <kbd className={styles.key}>{describeShortcut('Mod+Shift+P')}</kbd>
      </button>
      <div className={styles.tools}>
        <PaneButton pane="sidebar" label="Sidebar" icon={PanelLeft} pressed={panes.sidebar} />
        <PaneButton pane="panel" label="Bottom panel" icon={PanelBottom} pressed={panes.panel} />
        <PaneButton
          pane="inspector"
          label="Inspector"
          icon={PanelRight}
          pressed={isWide ? panes.inspector : panes.overlay}
        />
      </div>
    </header>
  )
}

type PaneButtonProps = {
  readonly pane: 'sidebar' | 'panel' | 'inspector'
  readonly label: string
  readonly icon: typeof PanelLeft
  readonly pressed: boolean
}

function PaneButton({ pane, label, icon, pressed }: PaneButtonProps) {
  return (
    <IconButton
      icon={icon}
      label={label}
      shortcut={shortcutsOf(`layout.${pane}`)[0]}
      aria-pressed={pressed}
      onClick={() => togglePane(pane)}
    />
  )
}

function ProjectMenu() {
  const project = useProject().data
  const known = useKnownProjects().data ?? []
  const others = known.filter((other) => other.exists && other.key !== project?.key).slice(0, 8)
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className={styles.project}>
        <span className={styles.mark} aria-hidden>
          {(project?.name ?? '·').slice(0, 1).toUpperCase()}
        </span>
        <span className={styles.name}>{project?.name ?? 'Opening…'}</span>
        <ChevronDown size={13} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="start" sideOffset={4}>
          {project && <p className={menu.note}>{project.folder}</p>}
          {others.length > 0 && <DropdownMenu.Separator className={menu.line} />}
          {others.map((other) => (
            <DropdownMenu.Item
              key={other.key}
              className={menu.item}
              onSelect={() => navigate(projectHref(other.key, 'build'))}
            >
              {other.name}
              <span className={menu.aside}>{other.folder}</span>
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className={menu.line} />
          <DropdownMenu.Item className={menu.item} onSelect={() => navigate('#/')}>
            All projects
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
