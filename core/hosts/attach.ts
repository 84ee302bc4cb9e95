import process from 'node:process'
import { runCommandLine } from './cli/run-command-line.ts'

/**
 * The entry of `slipway` where a core of the project is up: built into one file, since each file more has to be found
 * and read before the command begins. When that core turns out to be gone, the command starts over as cli.ts.
 */
process.exitCode = await runCommandLine(process.argv.slice(2), { mayHold: false })
process.stdout.write('', () => process.exit())
