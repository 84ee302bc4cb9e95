import process from 'node:process'
import { runCommandLine } from './cli/run-command-line.ts'

/**
 * The entry of `slipway` where a core of the project is up: built into one file, since each file more has to be found
 * and read before the command begins, and into CommonJS, for which Node loads less. When that core turns out to be
 * gone, the command starts over as cli.ts.
 */
void runCommandLine(process.argv.slice(2), { mayHold: false }).then(
  (code) => {
    process.exitCode = code
    process.stdout.write('', () => process.exit())
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(1))
  },
)
