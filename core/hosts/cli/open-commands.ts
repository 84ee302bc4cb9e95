import { resolve } from 'node:path'
import { type Command, optional } from './command.ts'
import { parseWholeNumber } from './parse-params.ts'
import { findSampleAtStart } from './sample-project.ts'
import type { Session } from './session.ts'

const open: Command = {
  words: ['open'],
  summary: 'The workbench: on the desktop where it is there, else for a browser, until Ctrl-C',
  positionals: [optional('FOLDER', 'the project to show (default: the one here, else home)')],
  options: [
    { name: 'port', value: 'N', description: 'serve a browser, at this port (default: a free one)' },
    { name: 'browser', description: 'serve a browser, and show it there at once' },
    { name: 'sample', description: 'show the sample project; made when nothing was opened before' },
  ],
  examples: ['slipway open', 'slipway open penguins --port 8200 --json'],
  async run(call, session) {
    const given = call.arg('FOLDER')
    const folder = given !== null ? resolve(given) : call.has('sample') ? await findSampleAtStart(session) : null
    const port = parseWholeNumber(call.option('port'), '--port') ?? 0
    const wantsBrowser = session.output.json || call.has('browser') || call.option('port') !== null
    const code = wantsBrowser ? null : await session.openDesktop(folder)
    if (code !== null) return { written: true, exitCode: code === 0 ? 0 : 1 }
    await openWorkbench(session, { folder, port, browser: call.has('browser') })
    return { written: true, exitCode: 130 }
  },
}

/** Serves the workbench until Ctrl-C. The address holds a code that works once, so it is printed and nowhere kept. */
export async function openWorkbench(
  session: Session,
  options: { readonly folder: string | null; readonly port: number; readonly browser: boolean },
): Promise<void> {
  const workbench = await session.openWorkbench(options)
  if (session.output.json) await session.output.document({ url: workbench.url })
  else await session.output.write(`The workbench: ${workbench.url}\nThe address works once. Ctrl-C ends Slipway.\n`)
  if (options.browser) {
    const { openBrowser } = await import('../open-browser.ts')
    void openBrowser(workbench.url).then((isOpen) => {
      if (!isOpen) session.output.note('No browser could be started: open the address yourself.')
    })
  }
  try {
    await session.untilInterrupted()
  } finally {
    for (const line of await workbench.close()) session.output.note(line)
  }
}

export const openCommands: readonly Command[] = [open]
