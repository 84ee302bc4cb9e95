import { useEffect } from 'react'
import { useSettings } from '../queries/home-queries.ts'
import { chooseTheme } from '../theme/theme.ts'

/** The theme is core's setting; another window or an earlier day may have changed it. */
export function useRememberedTheme(): void {
  const theme = useSettings().data?.theme
  useEffect(() => {
    if (theme) chooseTheme(theme)
  }, [theme])
}
