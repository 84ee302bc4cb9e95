import './theme/tokens.css'
import './theme/base.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startTheme } from './theme/theme.ts'

startTheme()
createRoot(document.getElementById('root') as HTMLElement).render(<App />)
