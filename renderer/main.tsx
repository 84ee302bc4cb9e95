import './theme/tokens.css'
import './theme/base.css'
import { askAhead } from './ask-ahead.ts'
import { fetchCode } from './routing/fetch-code.ts'
import { parseRoute } from './routing/route.ts'
import { startTheme } from './theme/theme.ts'

/** Longer than that nobody is left without a word of what is being fetched. */
const patienceMs = 1_000

// As little as possible is imported here: while this runs nothing else has been asked for.
startTheme()
const app = fetchCode(() => import('./app.tsx'))
const screen = askAhead(parseRoute(location.hash))
const patience = new Promise((settle) => setTimeout(settle, patienceMs))
// The window is drawn once, with what is in it: a first drawing without would have to be gone through, too.
void Promise.all([app, Promise.race([screen, patience])]).then(([{ showApp }]) =>
  showApp(document.getElementById('root') as HTMLElement),
)
