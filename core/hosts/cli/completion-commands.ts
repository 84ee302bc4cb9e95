import { fail } from '../../domain/failure.ts'
import { type Command, globalOptions, required } from './command.ts'

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

/** A script for the shell, made from the same declarations as the help. */
export function createCompletionCommand(commands: () => readonly Command[]): Command {
  return {
    words: ['completion'],
    summary: 'A completion script for the shell',
    positionals: [required('SHELL', shells.join(', '))],
    options: [],
    examples: [
      'slipway completion bash > ~/.local/share/bash-completion/completions/slipway',
      'slipway completion fish | source',
    ],
    async run(call) {
      const shell = call.arg('SHELL') as (typeof shells)[number]
      if (!shells.includes(shell)) {
        throw fail('host/usage', {
          problem: `"${shell}" is no known shell.`,
          hint: `Choose one of ${shells.join(', ')}.`,
        })
      }
      const script = scripts[shell](toWords(commands()))
      return { json: { shell, script }, text: script }
    },
  }
}

/** What may follow which words: `''` the first words, `models` its verbs, `models register` its options. */
type Words = ReadonlyMap<string, readonly string[]>

function toWords(commands: readonly Command[]): Words {
  const words = new Map<string, string[]>([['', []]])
  const add = (after: string, word: string) => {
    const known = words.get(after) ?? []
    if (!known.includes(word)) words.set(after, [...known, word])
  }
  const everywhere = globalOptions.map((option) => `--${option.name}`)
  for (const command of commands) {
    const [noun, verb] = command.words
    add('', noun)
    if (verb) add(noun, verb)
    for (const option of [...command.options.map(({ name }) => `--${name}`), ...everywhere]) {
      add(command.words.join(' '), option)
    }
  }
  return words
}

const scripts: Record<(typeof shells)[number], (words: Words) => string> = {
  bash: (words) => `# bash completion for slipway
_slipway() {
  local current=\${COMP_WORDS[COMP_CWORD]} after="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) after="\${after:+$after }$word" ;; esac
  done
  local known=""
  case "$after" in
${cases(words, (after, list) => `    ${after}) known=${quote(list.join(' '))} ;;`)}
  esac
  COMPREPLY=($(compgen -W "$known" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _slipway slipway
`,
  zsh: (words) => `#compdef slipway
_slipway() {
  local after="\${(j: :)\${(@)words[2,CURRENT-1]:#-*}}"
  local -a known
  case "$after" in
${cases(words, (after, list) => `    ${after}) known=(${list.join(' ')}) ;;`)}
  esac
  if (( \${#known} )); then compadd -a known; else _files; fi
}
compdef _slipway slipway
`,
  fish: (words) =>
    [
      '# fish completion for slipway',
      'function __slipway_after',
      "  string join ' ' (commandline -opc)[2..] | string replace -ra '(^| )-\\S+' ''",
      'end',
      ...[...words].map(
        ([after, list]) =>
          `complete -c slipway -n 'test "$(__slipway_after)" = "${after}"' -f -a ${quote(list.join(' '))}`,
      ),
      '',
    ].join('\n'),
  powershell: (words) => `# PowerShell completion for slipway
Register-ArgumentCompleter -Native -CommandName slipway -ScriptBlock {
  param($current, $line, $position)
  $after = ($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } |
    Where-Object { $_ -notlike '-*' -and $_ -ne $current }) -join ' '
  $known = @{
${[...words].map(([after, list]) => `    ${quote(after)} = ${list.map(quote).join(', ')}`).join('\n')}
  }
  $known[$after] | Where-Object { $_ -like "$current*" }
}
`,
}

function cases(words: Words, spell: (after: string, list: readonly string[]) => string): string {
  return [...words].map(([after, list]) => spell(quote(after), list)).join('\n')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
