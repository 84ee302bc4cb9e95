import type { ExitCode } from '../../domain/failure.ts'
import type { Session } from './session.ts'

export type Positional = {
  readonly name: string
  readonly required: boolean
  /** Takes all that follow; only the last may. */
  readonly many: boolean
  readonly description: string
}

export type Option = {
  /** Long name without dashes. */
  readonly name: string
  readonly short?: string
  /** What stands for its value in help; absent for a switch. */
  readonly value?: string
  readonly many?: boolean
  readonly choices?: readonly string[]
  readonly description: string
}

/** What the user wrote, sorted and checked against the command's declaration. */
export type Call = {
  /** The positional of that name; null when it is optional and absent. */
  arg(name: string): string | null
  args(name: string): readonly string[]
  option(name: string): string | null
  options(name: string): readonly string[]
  has(name: string): boolean
}

/**
 * `json` is the document for --json (a function where it has to be asked for first), `text` what people read; `written`
 * says that the command wrote for itself.
 */
export type Answer =
  | { readonly json: unknown; readonly text: string; readonly exitCode?: 0 | ExitCode }
  | { readonly written: true; readonly exitCode?: 0 | ExitCode }

/** One command, wholly declared: help, completion and suggestions all come from here. */
export type Command = {
  readonly words: readonly [string, ...string[]]
  readonly summary: string
  readonly positionals: readonly Positional[]
  readonly options: readonly Option[]
  readonly examples: readonly [string, string]
  /** It needs nothing of the process that was called but its words and its terminal: a core that is up may run it. */
  readonly inCore?: true
  run(call: Call, session: Session): Promise<Answer>
}

export const required = (name: string, description: string): Positional => ({
  name,
  required: true,
  many: false,
  description,
})
export const optional = (name: string, description: string): Positional => ({
  name,
  required: false,
  many: false,
  description,
})
export const anyNumber = (name: string, description: string): Positional => ({
  name,
  required: false,
  many: true,
  description,
})

/** Options that every command understands, before or after its words. */
export const globalOptions: readonly Option[] = [
  { name: 'project', short: 'C', value: 'FOLDER', description: 'work on the project in FOLDER' },
  { name: 'json', description: 'print exactly one JSON document' },
  { name: 'quiet', short: 'q', description: 'no progress' },
  { name: 'verbose', short: 'v', description: 'more detail, and stack traces' },
  { name: 'no-color', description: 'no colours (also NO_COLOR)' },
  { name: 'yes', short: 'y', description: 'answer questions with yes' },
  { name: 'trust', description: 'trust the project for this call' },
  { name: 'help', short: 'h', description: 'show this help' },
  { name: 'version', description: 'show the version' },
]
