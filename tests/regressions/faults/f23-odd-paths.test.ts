import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, createCommandLine } from '../../builders/command-line.ts'
import { openExecution } from '../../core/execution/open-execution.ts'
import { removeTestFolders } from '../../core/execution/test-folder.ts'

let base: string
let slipway: CommandLine
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'slipway-paths-'))
  slipway = createCommandLine()
})
afterAll(() => {
  rmSync(base, { recursive: true, force: true })
  slipway.remove()
  removeTestFolders()
})

const names: readonly (readonly [string, string])[] = [
  ['spaces', ' a  b '],
  ['quotes', `it's "so" \`x\``],
  ['signs of URLs and shells', '100%25 #1&2;?=$(x)*[a]{b}~'],
  ['a line break', 'one\ntwo'],
  ['a tab and a backslash', 'a\tb\\c'],
  ['emoji', '🚢 slip 🛥️'],
  ['other scripts', 'Ünïcødé 船 سفينة'],
  ['a right-to-left override', 'a\u202eb'],
  ['a leading hyphen', '-C --help'],
  ['a trailing dot', 'name.'],
  ['a name that is reserved elsewhere', 'CON'],
  ['255 bytes', 'x'.repeat(255)],
]

/** Reads and writes a file whose name is as odd as its folder. */
const pipeline = (file: string) => `from slipway import step

@step
def first():
    with open(${JSON.stringify(file)}) as source: text = source.read()
    with open(${JSON.stringify(`${file.slice(0, 200)}.out`)}, "w") as target: target.write(text)
    return {"length": len(text)}

@step
def second(first):
    return first
`

async function walk(folder: string, file: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'slipway.toml'), 'name = "odd"\npipeline = ["pipeline.py"]\n')
  writeFileSync(join(folder, 'pipeline.py'), pipeline(file))
  writeFileSync(join(folder, file), 'some text')
  const opened = await openExecution(null, { folder })
  const first = await opened.run()
  expect([first.run.failure, first.states]).toEqual([null, { first: 'completed', second: 'completed' }])
  expect(first.run.metrics).toEqual({ 'first.length': 9, 'second.length': 9 })
  expect((await opened.plan()).steps.map(({ state }) => state)).toEqual(['cached', 'cached'])
  writeFileSync(join(folder, file), 'other text')
  expect((await opened.plan()).steps[0]).toMatchObject({ state: 'stale', reasons: [{ kind: 'file', name: file }] })
  expect(opened.queries.get('latest').run.id).toBe(first.run.id)
  expect((await opened.store.verifyAll()).damage).toEqual([])
  opened.database.close()
}

describe('f23 a project whose folder and files have names with', () => {
  it.each(names)('f23 %s', async (_, name) => walk(join(base, name), name))

  it('f23 twins by case, and by how an accent is written, which stay two', async () => {
    const twins = ['Wine', 'wine', 'caf\u00e9', 'cafe\u0301']
    for (const name of twins) await walk(join(base, 'twins', name), name)
    expect(readdirSync(join(base, 'twins')).sort()).toEqual([...twins].sort())
  })

  it('f23 more than the system takes: refused at once, by name', async () => {
    let folder = join(base, 'deep')
    while (Buffer.byteLength(folder) < 3_900) folder = join(folder, 'd'.repeat(200))
    folder = join(folder, 'd'.repeat(Math.max(1, 4_070 - Buffer.byteLength(folder) - 1)))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'slipway.toml'), 'name = "deep"\n')
    const error = await openExecution(null, { folder }).catch((thrown) => thrown)
    expect(error.message).toMatch(/ENAMETOOLONG|CANTOPEN|name too long/)
    expect(error.code).toMatch(/^(database|store)\/unwritable$/)
  })
})

describe('f23 the shell where the surroundings are odd', { timeout: 240_000 }, () => {
  const long = () => join(base, `temporary ${'t'.repeat(120)}`)
  it.each([
    ['no locale and no home', () => ({ LANG: 'C', LC_ALL: 'C', HOME: undefined })],
    ['a place for temporary files too long for a socket, with spaces', () => ({ TMPDIR: long(), XDG_RUNTIME_DIR: '' })],
    ['a place for temporary files that is not there', () => ({ TMPDIR: join(base, 'nowhere') })],
  ])('f23 %s: init, run, show and plan pass', async (what, variables) => {
    mkdirSync(long(), { recursive: true })
    const folder = join(base, `it's 100% ünïcødé 🚢 ${what.length}`)
    const call = (args: readonly string[], at = folder) =>
      slipway.run(args, { folder: at, variables: variables() as Record<string, string | undefined> })
    const made = await call(['init', folder, '--template', 'blank', '--json'], base)
    expect([made.code, made.stderr]).toEqual([0, expect.anything()])
    const ran = await call(['run', '--trust', '--json'])
    expect(ran.json(), ran.stderr).toMatchObject({ run: { state: 'completed' } })
    expect((await call(['show', 'latest', '--json'])).json()).toMatchObject({ run: { state: 'completed' } })
    const { steps } = (await call(['plan', '--json'])).json<{ steps: readonly { state: string }[] }>()
    expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(['cached']))
  })
})
