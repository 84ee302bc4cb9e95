import { fail } from '../../domain/failure.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import { type Call, type Command, globalOptions, type Option } from './command.ts'

export type ParsedLine = {
  /** The command meant; null when only a noun, or nothing, was written. */
  readonly command: Command | null
  /** The words that were understood: a noun alone, or nothing. */
  readonly words: readonly string[]
  readonly globals: Call
  readonly call: Call
}

type Values = Map<string, string[]>

/** Pure: argv in, one command with checked options and arguments out. @throws host/usage */
export function parseArguments(argv: readonly string[], commands: readonly Command[]): ParsedLine {
  const globals: Values = new Map()
  const own: Values = new Map()
  const words: string[] = []
  let rest: readonly string[] = argv
  let command: Command | null = null

  // Global options may stand before, between and after the words; a command's own only after them.
  while (rest.length > 0) {
    const word = rest[0] as string
    if (word === '--') {
      words.push(...rest.slice(1))
      break
    }
    if (word.startsWith('-') && word !== '-') {
      command ??= findCommand(commands, words)
      rest = takeOption(rest, command, globals, own)
    } else {
      words.push(word)
      rest = rest.slice(1)
    }
  }
  const wantsHelp = globals.has('help')
  command = findCommand(commands, words)
  if (command === null) {
    if (words.length > 0 && !isNoun(commands, words)) throw unknownWord(commands, words)
    return { command, words, globals: createCall(globals, [], null), call: createCall(own, [], null) }
  }
  const positionals = words.slice(command.words.length)
  if (!wantsHelp) checkPositionals(command, positionals, commands)
  return {
    command,
    words: command.words,
    globals: createCall(globals, [], null),
    call: createCall(own, positionals, command),
  }
}

/** The longest match wins, so that `models register` is not `models` with an argument. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Command | null {
  const fitting = commands.filter((command) => command.words.every((word, index) => words[index] === word))
  return fitting.sort((a, b) => b.words.length - a.words.length)[0] ?? null
}

/** A word that has verbs, whether it also stands alone or not. */
export function isNoun(commands: readonly Command[], words: readonly string[]): boolean {
  return words.length === 1 && commands.some((command) => command.words.length > 1 && command.words[0] === words[0])
}

function takeOption(rest: readonly string[], command: Command | null, globals: Values, own: Values): readonly string[] {
  const word = rest[0] as string
  const equals = word.startsWith('--') ? word.indexOf('=') : -1
  const written = equals > 0 ? word.slice(0, equals) : word.startsWith('--') ? word : word.slice(0, 2)
  const isGlobal = globalOptions.some((option) => isNamed(option, written))
  const option = [...globalOptions, ...(command?.options ?? [])].find((candidate) => isNamed(candidate, written))
  if (!option) throw unknownOption(written, command)
  const values = isGlobal ? globals : own
  const glued = equals > 0 ? word.slice(equals + 1) : word.startsWith('--') || word.length === 2 ? null : word.slice(2)
  if (option.value === undefined) {
    if (equals > 0) throw usage(`${written} takes no value.`, `Write ${written} alone.`)
    values.set(option.name, ['true'])
    return glued ? [`-${glued}`, ...rest.slice(1)] : rest.slice(1)
  }
  const value = glued ?? rest[1]
  if (value === undefined) throw usage(`${written} needs a value.`, `Write ${written} ${option.value}.`)
  if (option.choices && !option.choices.includes(value)) {
    throw usage(`${written} cannot be "${value}".`, `Choose one of ${option.choices.join(', ')}.`)
  }
  const before = values.get(option.name) ?? []
  if (before.length > 0 && !option.many) throw usage(`${written} was given twice.`, 'Give it once.')
  values.set(option.name, [...before, value])
  return rest.slice(glued === null ? 2 : 1)
}

function isNamed(option: Option, written: string): boolean {
  return written === `--${option.name}` || (option.short !== undefined && written === `-${option.short}`)
}

function checkPositionals(command: Command, words: readonly string[], commands: readonly Command[]): void {
  const declared = command.positionals
  const missing = declared.filter((positional) => positional.required)[words.length]
  const name = `slipway ${command.words.join(' ')}`
  if (missing) throw usage(`${name} needs ${missing.name}: ${missing.description}.`, `See "${name} --help".`)
  const most = declared.some((positional) => positional.many) ? Number.POSITIVE_INFINITY : declared.length
  if (words.length > most) {
    if (isNoun(commands, command.words)) throw unknownWord(commands, [...command.words, words[most] as string])
    throw usage(`${name} does not know what to do with "${words[most]}".`, `See "${name} --help".`)
  }
}

function createCall(values: Values, words: readonly string[], command: Command | null): Call {
  const indexOf = (name: string) => command?.positionals.findIndex((positional) => positional.name === name) ?? -1
  return {
    arg: (name) => words[indexOf(name)] ?? null,
    args: (name) => words.slice(indexOf(name)),
    option: (name) => values.get(name)?.[0] ?? null,
    options: (name) => values.get(name) ?? [],
    has: (name) => values.has(name),
  }
}

function unknownWord(commands: readonly Command[], words: readonly string[]): Error {
  const noun = words[0] as string
  const verbs = commands.filter((command) => command.words[0] === noun && command.words.length > 1)
  const [word, known, before] =
    verbs.length > 0
      ? [words[1] as string, verbs.map((command) => command.words[1] as string), `${noun} `]
      : [noun, [...new Set(commands.map((command) => command.words[0]))], '']
  const nearest = nearestName(word, known)
  return usage(
    `There is no command "${before}${word}".`,
    nearest ? `Did you mean "slipway ${before}${nearest}"?` : 'See "slipway --help".',
  )
}

function unknownOption(written: string, command: Command | null): Error {
  const known = [...(command?.options ?? []), ...globalOptions].map((option) => `--${option.name}`)
  const nearest = nearestName(written, known)
  const help = command ? `slipway ${command.words.join(' ')} --help` : 'slipway --help'
  return usage(
    `There is no option ${written}.`,
    nearest ? `Did you mean ${nearest}? See "${help}".` : `See "${help}"; a command's own options follow its words.`,
  )
}

function usage(problem: string, hint: string): Error {
  return fail('host/usage', { problem, hint })
}
