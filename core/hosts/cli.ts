import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { runCommandLine } from './cli/run-command-line.ts'

/** The entry of `slipway`: hands argv over and leaves with the exit code. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await runCommandLine(process.argv.slice(2))
  // Whatever still holds the event loop (a socket that lingers) must not keep the shell waiting.
  process.stdout.write('', () => process.exit())
}
