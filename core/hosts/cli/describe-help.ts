import { type Command, globalOptions, type Option, type Positional } from './command.ts'

/** What `slipway --help` prints. */
export function describeAllCommands(commands: readonly Command[]): string {
  const rows = commands.map((command) => [usageOf(command).replace(/ \[OPTIONS\]$/, ''), command.summary] as const)
  return [
    'Slipway takes an experiment from a notebook to a container in a registry, with proof of how it got there.',
    '',
    'Usage: slipway [-C FOLDER] COMMAND …',
    '',
    'Commands:',
    ...columns(rows.map(([usage, summary]) => [usage.replace(/^slipway /, ''), summary])),
    '',
    'Everywhere:',
    ...columns(globalOptions.map((option) => [spell(option), option.description])),
    '',
    'Examples:',
    '  slipway init penguins --template penguins',
    '  slipway run train -p train.C=10 --json',
    '',
    'References: RUN is an id, a unique prefix of it, or latest. MODEL is name@VERSION, name@ALIAS or name.',
    'IMAGE is a manifest digest, a unique prefix of it, or name@VERSION. ARTIFACT is a digest, or RUN:NAME.',
    '',
  ].join('\n')
}

/** What `slipway NOUN --help` prints. */
export function describeNoun(noun: string, commands: readonly Command[]): string {
  const own = commands.filter((command) => command.words[0] === noun)
  return [
    `Usage: slipway ${noun} VERB …`,
    '',
    ...columns(own.map((command) => [usageOf(command).replace(/^slipway /, ''), command.summary])),
    '',
    'Examples:',
    ...own.map((command) => `  ${command.examples[0]}`).slice(0, Math.max(2, own.length)),
    '',
    `See "slipway ${noun} VERB --help" for the options of one.`,
    '',
  ].join('\n')
}

/** What `slipway VERB --help` prints: usage, options, two examples. */
export function describeCommand(command: Command): string {
  const sections: string[] = [`Usage: ${usageOf(command)}`, '', `${command.summary}.`, '']
  if (command.positionals.length > 0) {
    sections.push(...columns(command.positionals.map((positional) => [positional.name, positional.description])), '')
  }
  if (command.options.length > 0) {
    sections.push('Options:', ...columns(command.options.map((option) => [spell(option), wordOption(option)])), '')
  }
  sections.push('Everywhere:', ...columns(globalOptions.map((option) => [spell(option), option.description])), '')
  return [...sections, 'Examples:', ...command.examples.map((example) => `  ${example}`), ''].join('\n')
}

export function usageOf(command: Command): string {
  const words = ['slipway', ...command.words, ...command.positionals.map(spellPositional)]
  return [...words, ...(command.options.length > 0 ? ['[OPTIONS]'] : [])].join(' ')
}

function wordOption(option: Option): string {
  const choices = option.choices ? ` (${option.choices.join(', ')})` : ''
  return `${option.description}${choices}${option.many ? '; may be repeated' : ''}`
}

function spell(option: Option): string {
  const short = option.short ? `-${option.short}, ` : '    '
  return `${short}--${option.name}${option.value ? ` ${option.value}` : ''}`
}

function spellPositional(positional: Positional): string {
  const name = positional.many ? `${positional.name}…` : positional.name
  return positional.required ? name : `[${name}]`
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(46, Math.max(...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  )
}
