import * as z from 'zod'
import { command, subscription } from '../rpc/procedure.ts'

const terminal = z.object({ isTTY: z.boolean(), columns: z.number().int().positive().nullable() })
const askedLine = z.object({
  argv: z.array(z.string().max(1_000_000)).max(100_000),
  /** Where it was typed. */
  cwd: z.string(),
  color: z.boolean(),
  out: terminal,
  err: terminal,
  /** Somebody sits there who can answer. */
  canAsk: z.boolean(),
})

/** A command line as it was typed, and where its words go. */
export type AskedLine = z.infer<typeof askedLine>

/** What is printed, and the exit code, should the line break before the end: this core will not be there to say it. */
export type LostWords = { readonly kind: 'out' | 'err'; readonly text: string; readonly code: number }

/** `elsewhere`, instead of all others: nothing was done, the process that was called has to do it. */
export type LineEvent =
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'begun'; readonly whenLost: LostWords }
  | { readonly kind: 'out' | 'err'; readonly text: string }
  | { readonly kind: 'end'; readonly code: number }

/** Runs the lines of one caller, who may have gone by their end. */
export type LineRunner = {
  run(line: AskedLine, emit: (event: LineEvent) => void): void
  /** As Ctrl-C does. */
  cancel(): void
}

export type LineApi = ReturnType<typeof lineApi>

/** What a command asks that has the core run it; no window is offered this. */
export function lineApi(runner: LineRunner) {
  return {
    line: {
      run: subscription(askedLine, (line, emit: (event: LineEvent) => void) => {
        let gone = false
        runner.run(line, (event) => gone || emit(event))
        return () => {
          gone = true
        }
      }),
      cancel: command(z.object({}), () => runner.cancel()),
    },
  }
}
