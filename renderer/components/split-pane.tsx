import { type ReactNode, useCallback } from 'react'
import { Group, type Layout, Panel, Separator } from 'react-resizable-panels'
import styles from './split-pane.module.css'

export type Pane = {
  readonly id: string
  readonly content: ReactNode
  /** Pixels as a number, a share as `"40%"`. */
  readonly size?: number | string
  readonly minSize?: number | string
  readonly maxSize?: number | string
  readonly keepsPixels?: boolean
}

type SplitPaneProps = {
  /** Under this name the sizes are remembered. */
  readonly name: string
  readonly orientation: 'horizontal' | 'vertical'
  readonly panes: readonly Pane[]
}

/**
 * Panes beside or above each other; the lines between them move by pointer and by arrow keys. A pane that stays keeps
 * all it holds (what is typed, where it is scrolled to) while others come and go.
 */
export function SplitPane({ name, orientation, panes }: SplitPaneProps) {
  const shown = panes.map((pane) => pane.id).join('+')
  const key = `slipway.layout.${name}.${shown}`
  const remember = useCallback((layout: Layout) => localStorage.setItem(key, JSON.stringify(layout)), [key])
  return (
    <Group
      orientation={orientation}
      defaultLayout={readLayout(key, panes)}
      onLayoutChanged={(layout, meta) => meta.isUserInteraction && remember(layout)}
      className={styles.group}
    >
      {panes.flatMap((pane, index) => [
        index > 0 && (
          <Separator
            key={`${pane.id} line`}
            className={orientation === 'horizontal' ? styles.upright : styles.level}
            aria-label={`Resize ${(panes[index - 1] as Pane).id} and ${pane.id}`}
          />
        ),
        <Panel
          key={pane.id}
          id={elementId(pane)}
          className={styles.panel}
          {...(pane.size === undefined ? {} : { defaultSize: pane.size })}
          {...(pane.minSize === undefined ? {} : { minSize: pane.minSize })}
          {...(pane.maxSize === undefined ? {} : { maxSize: pane.maxSize })}
          {...(pane.keepsPixels ? { groupResizeBehavior: 'preserve-pixel-size' as const } : {})}
        >
          {pane.content}
        </Panel>,
      ])}
    </Group>
  )
}

/** A pane's id is its name for people; an element's id has no spaces. */
function elementId(pane: Pane): string {
  return `pane-${pane.id.replaceAll(' ', '-')}`
}

function readLayout(key: string, panes: readonly Pane[]): Layout | undefined {
  try {
    const layout = JSON.parse(localStorage.getItem(key) ?? 'null')
    return layout && panes.every((pane) => typeof layout[elementId(pane)] === 'number') ? layout : undefined
  } catch {
    return undefined
  }
}
