/** What had the focus, the last at the end. Enough of it that something is left when a whole part of the page went. */
const visited: HTMLElement[] = []
const kept = 20

document.addEventListener(
  'focusin',
  ({ target }) => {
    if (!(target instanceof HTMLElement)) return
    const menu = target.closest('[role="menu"]')?.getAttribute('aria-labelledby')
    // A menu that the pointer opened goes with its entries, and its button never had the focus.
    const button = menu ? document.getElementById(menu) : null
    const now = button ? [button, target] : [target]
    const others = visited.filter((element) => !now.includes(element) && element.isConnected)
    visited.splice(0, visited.length, ...others.slice(-kept), ...now)
  },
  true,
)

/**
 * Gives the focus back to what had it before a dialog opened; for `onCloseAutoFocus`. What opened it may be gone (an entry
 * of a menu, the row that was removed): then to what had the focus before that, and at last to the main area.
 * It stays where something else has taken it meanwhile: a dialog that followed, a command that leads elsewhere.
 */
export function giveFocusBack(event: Event): void {
  event.preventDefault()
  const closed = event.target as Element
  const holder = document.activeElement
  if (holder && holder !== document.body && !closed.contains(holder)) return
  for (const element of [...visited].reverse()) {
    // Behind another dialog that is open, the page is hidden from assistive technology and must not be led to.
    if (!element.isConnected || closed.contains(element) || element.closest('[aria-hidden="true"], [inert]')) continue
    element.focus({ preventScroll: true })
    if (document.activeElement === element) return
  }
  document.querySelector('main')?.focus({ preventScroll: true })
}
