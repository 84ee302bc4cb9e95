import { create } from 'zustand'

export type ThemeChoice = 'system' | 'light' | 'dark'
export type Theme = 'light' | 'dark'

const remembered = 'slipway.theme'

/** The theme in force. The choice is core's setting; it is remembered here too so that the first paint is right. */
export const useTheme = create<{ choice: ThemeChoice; theme: Theme }>(() => {
  const choice = readChoice()
  return { choice, theme: resolve(choice) }
})

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(remembered, choice)
  useTheme.setState({ choice, theme: resolve(choice) })
}

/** Puts the theme on the document and follows the system's preference while the choice is `system`. */
export function startTheme(): void {
  const paint = () => {
    document.documentElement.dataset.theme = useTheme.getState().theme
  }
  paint()
  useTheme.subscribe(paint)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    const { choice } = useTheme.getState()
    useTheme.setState({ theme: resolve(choice) })
  })
}

/** The value of a token as it is now, for what cannot read CSS (the editor, canvas charts). */
export function readToken(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

function readChoice(): ThemeChoice {
  const choice = localStorage.getItem(remembered)
  return choice === 'light' || choice === 'dark' ? choice : 'system'
}

function resolve(choice: ThemeChoice): Theme {
  if (choice !== 'system') return choice
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
