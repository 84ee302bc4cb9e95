import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../../core/hosts/cli/commands.ts'
import { describeCommand } from '../../../core/hosts/cli/describe-help.ts'
import { parseArguments } from '../../../core/hosts/cli/parse-arguments.ts'
import { parseParams } from '../../../core/hosts/cli/parse-params.ts'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'

let slipway: CommandLine
let folder: string

beforeAll(() => {
  slipway = createCommandLine()
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterAll(() => {
  slipway.remove()
  rmSync(folder, { recursive: true, force: true })
})

describe('every command', () => {
  it.each(commands.map((command) => [command.words.join(' '), command] as const))(
    '%s tells its usage, options and two examples that it understands itself',
    (words, command) => {
      const help = describeCommand(command)
      expect(help).toContain(`Usage: slipway ${words}`)
      for (const option of command.options) expect(help).toContain(`--${option.name}`)
      for (const example of command.examples) {
        expect(help).toContain(example)
        const argv = splitWords(example.replace(/ [>|].*$/, '')).slice(1)
        expect(parseArguments(argv, commands).command?.words).toEqual(command.words)
      }
    },
  )

  it('has words of its own', () => {
    const words = commands.map((command) => command.words.join(' '))
    expect(new Set(words).size).toBe(words.length)
  })

  it('that the contract names is there', () => {
    const words = commands.map((command) => command.words.join(' '))
    const contract =
      'init, templates, env sync, env show, plan, run, runs, show, compare, logs, artifact get, prove, lineage, models, models register, models show, models approve, models reject, models alias, image plan, image build, image parity, image list, image show, image save, image serve, image push, registry serve, doctor, open, completion, sweep start, sweep list, sweep show, sweep resume, sweep cancel'
    expect(contract.split(', ').filter((word) => !words.includes(word))).toEqual([])
  })
})

describe('arguments', () => {
  it.each([
    ['-C wine run train -p train.C=1 --param train.k="x y" --json', ['train'], ['train.C=1', 'train.k=x y'], true],
    ['run --json -C wine -ptrain.C=1 train --param=train.k=2', ['train'], ['train.C=1', 'train.k=2'], true],
    ['run -- -train', ['-train'], [], false],
  ])('%s', (line, steps, params, json) => {
    const { call, command, globals } = parseArguments(splitWords(line), commands)
    expect(command?.words).toEqual(['run'])
    expect(call.args('STEP')).toEqual(steps)
    expect(call.options('param')).toEqual(params)
    expect(globals.has('json')).toBe(json)
  })

  it.each([
    ['modles', 'Did you mean "slipway models"?'],
    ['models regster x y', 'Did you mean "slipway models register"?'],
    ['run --hepl', 'Did you mean --help?'],
    ['run --experimnt x', 'Did you mean --experiment?'],
    ['show', 'slipway show --help'],
    ['show a b', 'slipway show --help'],
    ['run --experiment', 'Write --experiment NAME.'],
    ['run --no-cache=yes', 'Write --no-cache alone.'],
    ['run --experiment a --experiment b', 'Give it once.'],
    ['image build m --runtime java', 'Choose one of auto, onnx, python.'],
  ])('%s is refused, with a way on: %s', (line, hint) => {
    const refusal = catchError(() => parseArguments(splitWords(line), commands))
    expect(refusal).toMatchObject({ code: 'host/usage', details: { hint: expect.stringContaining(hint) } })
  })

  it.each([
    ['train.C=10', { 'train.C': 10 }],
    ['train.name=wine', { 'train.name': 'wine' }],
    ['train.list=[1,2]', { 'train.list': [1, 2] }],
    ['train.text="10"', { 'train.text': '10' }],
    ['train.none=null', { 'train.none': null }],
    ['train.formula=a=b', { 'train.formula': 'a=b' }],
    ['train.empty=', { 'train.empty': '' }],
  ])('the param %s', (text, params) => expect(parseParams([text])).toEqual(params))

  it.each(['C=1', 'train.C', '.C=1', 'train.=1', 'a.b.c=1'])('%s names no param', (text) =>
    expect(catchError(() => parseParams([text]))).toMatchObject({ code: 'host/usage' }),
  )
})

describe('the command line', () => {
  it('tells its version, alone or as a document', async () => {
    expect((await slipway.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await slipway.run(['--version', '--json'])).json()).toEqual({ version: expect.any(String) })
  })

  it('shows every command in --help', async () => {
    const { code, stdout } = await slipway.run(['--help'])
    expect(code).toBe(0)
    for (const command of commands) expect(stdout).toContain(`  ${command.words.join(' ')}`)
  })

  it('answers wrong usage with 2, as three sentences or as one document', async () => {
    const words = await slipway.run(['modles'])
    expect(words).toMatchObject({ code: 2, stdout: '' })
    expect(words.stderr).toBe('There is no command "modles".\nNothing was changed.\nDid you mean "slipway models"?\n')
    const document = await slipway.run(['modles', '--json'])
    expect(document.code).toBe(2)
    expect(document.json()).toEqual({
      error: {
        code: 'host/usage',
        message: expect.any(String),
        kept: 'Nothing was changed.',
        remedy: expect.any(String),
        details: expect.any(Object),
      },
    })
  })

  it('finds no project where there is none', async () => {
    const end = await slipway.run(['runs', '--json'], { folder })
    expect(end.code).toBe(2)
    expect(end.json()).toMatchObject({ error: { code: 'project/notFound' } })
  })

  it('-C names a folder, as in git', async () => {
    expect((await slipway.run(['-C', join(folder, 'absent'), 'runs', '--json'])).json()).toMatchObject({
      error: { code: 'host/usage' },
    })
    await slipway.run(['-C', folder, 'init', 'wine', '--template', 'blank'])
    const listed = await slipway.run(['-C', join(folder, 'wine'), 'runs', '--json'])
    expect(listed.json()).toEqual({ runs: [], total: 0 })
  })

  it('takes the nearest project above the folder it stands in', async () => {
    const inner = join(folder, 'nearest', 'a', 'b')
    await slipway.run(['init', 'nearest', '-t', 'blank'], { folder })
    mkdirSync(inner, { recursive: true })
    expect((await slipway.run(['runs', '--json'], { folder: inner })).json()).toEqual({ runs: [], total: 0 })
  })

  it('runs nothing of an untrusted project, and says how to trust it', async () => {
    await slipway.run(['init', 'untrusted', '-t', 'blank'], { folder })
    const end = await slipway.run(['run', '--json'], { folder: join(folder, 'untrusted') })
    expect(end.code).toBe(4)
    expect(end.json()).toMatchObject({
      error: { code: 'project/notTrusted', remedy: expect.stringMatching(/--trust/) },
    })
  })

  it('shows no stack without --verbose, and one with it', async () => {
    expect((await slipway.run(['show', 'nope'], { folder })).stderr).not.toMatch(/\n\s+at /)
    expect((await slipway.run(['show', 'nope', '--verbose'], { folder })).stderr).toMatch(/\n\s+at /)
  })

  it.each(['bash', 'zsh'])('writes a completion script that %s accepts', async (shell) => {
    const { stdout } = await slipway.run(['completion', shell])
    writeFileSync(join(folder, `completion.${shell}`), stdout)
    expect(stdout).toContain('models')
    if (shell === 'bash') {
      const script = `source ${join(folder, 'completion.bash')}; COMP_WORDS=(slipway models ''); COMP_CWORD=2; _slipway; echo "\${COMPREPLY[@]}"`
      expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toMatch(/register show approve reject alias/)
    }
  })
})

/** Words as a shell would split them, quotes taken off. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''))
}

function catchError(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
