import './theme/tokens.css'
import './theme/base.css'
import { askAhead } from './ask-ahead.ts'
import { fetchCode } from './routing/fetch-code.ts'
import { parseRoute } from './routing/route.ts'
import { startTheme } from './theme/theme.ts'

// As little as possible is imported here: while this runs nothing else has been asked for.
startTheme()
const app = fetchCode(() => import('./app.tsx'))
askAhead(parseRoute(location.hash))
void app.then(({ showApp }) => showApp(document.getElementById('root') as HTMLElement))
