/** Moves the focus to the pane after (1) or before (-1) the one that has it; panes carry `data-pane`. */
export function focusNextPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => pane.offsetParent !== null)
  const current = document.activeElement?.closest<HTMLElement>('[data-pane]') ?? null
  const index = current ? panes.indexOf(current) : -1
  panes.at((index + step + panes.length) % panes.length)?.focus()
}
