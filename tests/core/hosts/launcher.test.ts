import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')
let clone: string
let home: string

/** A clone as git gives it, with its packages in place: what the launcher itself does is under test, not npm. */
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'))
  home = mkdtempSync(join(tmpdir(), 'launcher-home-'))
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repository,
  })
  const wanted = /^(core|templates|renderer|electron)\/|^[^/]+\.json$/
  for (const file of String(listed).split('\0')) {
    if (wanted.test(file) && existsSync(join(repository, file))) cpSync(join(repository, file), join(clone, file))
  }
  symlinkSync(join(repository, 'node_modules'), join(clone, 'node_modules'))
})
afterAll(() => {
  rmSync(clone, { recursive: true, force: true })
  rmSync(home, { recursive: true, force: true })
})

type End = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

function start(args: readonly string[], node = process.execPath, variables: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, SLIPWAY_HOME: home, ...variables }
  const child = spawn(node, [join(clone, 'core/hosts/launcher/launcher.mjs'), ...args], { cwd: home, env })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<End>((done) => child.once('close', (code) => done({ code, stdout, stderr })))
  return { child, ended, said: () => stdout + stderr }
}
const launch = (...args: string[]) => start(args).ended

describe('slipway from a clone', { timeout: 240_000 }, () => {
  it('tells its version before anything is set up', async () => {
    expect(await launch('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    expect(existsSync(join(clone, 'dist'))).toBe(false)
  })

  it('builds what is missing, answers on stdout alone, and builds nothing the second time', async () => {
    const first = await launch('templates', '--json')
    expect(first.code, first.stderr).toBe(0)
    expect(JSON.parse(first.stdout).templates.length).toBeGreaterThan(1)
    expect(first.stderr).toMatch(/Building core: done \(\d+\.\d s\)/)
    const second = await launch('templates', '--json')
    expect(second).toEqual({ code: 0, stdout: first.stdout, stderr: '' })
  })

  it('runs the built core as it does the source: a project is made and planned', async () => {
    const folder = join(home, 'wine')
    expect((await launch('init', folder, '--template', 'blank')).code).toBe(0)
    const planned = await launch('-C', folder, 'plan', '--json')
    expect(planned.code, planned.stdout).toBe(0)
    expect(JSON.parse(planned.stdout).steps[0]).toMatchObject({ state: 'new' })
  })

  it('passes exit codes and signals on', async () => {
    expect((await launch('modles')).code).toBe(2)
    const serving = start(['-C', join(home, 'wine'), 'registry', 'serve'])
    while (!serving.said().includes('answers at')) await new Promise((done) => serving.child.stdout.once('data', done))
    serving.child.kill('SIGTERM')
    expect((await serving.ended).code).toBe(130)
  })

  it('serves http without what Node loads along with an import of it', async () => {
    const told = `process.on('exit', () => process.stderr.write(process.moduleLoadList.join(' ')))`
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(told)}`
    const serving = start(['-C', join(home, 'wine'), 'registry', 'serve'], process.execPath, { NODE_OPTIONS })
    while (!serving.said().includes('answers at')) await new Promise((done) => serving.child.stdout.once('data', done))
    serving.child.kill('SIGTERM')
    const { stderr } = await serving.ended
    expect(stderr).toContain('NativeModule http ')
    expect(stderr).not.toContain('undici/undici')
  })

  it('talks to a core that is up as the very process that was called, by whichever Node, and builds nothing', async () => {
    const wine = join(home, 'wine')
    const serving = start(['-C', wine, 'registry', 'serve'])
    while (!serving.said().includes('answers at')) await new Promise((done) => serving.child.stdout.once('data', done))
    // Another file than the clone's own Node, so that it counts as another Node.
    const other = join(home, 'other-node')
    cpSync(realpathSync(process.execPath), other)
    appendFileSync(join(clone, 'core/hosts/cli/format-table.ts'), '\n')
    for (const node of [process.execPath, other]) {
      const planned = start(['-C', wine, 'plan', '--json', '--verbose'], node)
      const end = await planned.ended
      expect(end).toMatchObject({
        code: 0,
        stderr: `process ${planned.child.pid} attached to the core of process ${serving.child.pid}\n`,
      })
      expect(JSON.parse(end.stdout).steps[0]).toMatchObject({ state: 'new' })
    }
    serving.child.kill('SIGTERM')
    await serving.ended
    const alone = await start(['-C', wine, 'plan', '--json'], other).ended
    expect(alone).toMatchObject({ code: 0, stderr: expect.stringContaining('Building core: done') })
  })

  it('has the core that is up run what it can, and leaves the rest to the process that was called', async () => {
    const wine = join(home, 'wine')
    const serving = start(['-C', wine, 'registry', 'serve'])
    while (!serving.said().includes('answers at')) await new Promise((done) => serving.child.stdout.once('data', done))
    const [attach, away] = [join(clone, 'dist/core/attach.cjs'), join(clone, 'dist/core/attach.away')]
    renameSync(attach, away)
    const planned = await launch('-C', wine, 'plan', '--json')
    // As Node does before 20.16.
    const older = { NODE_OPTIONS: '--import=data:text/javascript,delete%20process.getBuiltinModule' }
    const byOlder = await start(['-C', wine, 'plan', '--json'], process.execPath, older).ended
    const listed = await launch('-C', wine, 'runs', '--json')
    renameSync(away, attach)
    expect(JSON.parse(planned.stdout).steps[0]).toMatchObject({ state: 'new' })
    expect(planned).toMatchObject({ code: 0, stderr: '' })
    expect(byOlder).toEqual(planned)
    expect(listed).toMatchObject({ code: 1, stderr: expect.stringContaining('attach.cjs') })
    expect(JSON.parse((await launch('-C', wine, 'runs', '--json')).stdout)).toMatchObject({ runs: [] })
    serving.child.kill('SIGTERM')
    await serving.ended
    // It is one file, and nothing of core or of the commands.
    expect(readFileSync(join(clone, 'dist/core/ask.cjs'), 'utf8')).not.toMatch(
      /require\("(\.|better-sqlite3|web-tree-sitter|node:child_process)|createSession|positionals/,
    )
  })

  it('starts over, as a whole, where the core that was up is gone by the time a command attaches', async () => {
    const [cli, attach] = ['cli.mjs', 'attach.cjs'].map((file) => join(clone, 'dist/core', file))
    const script = `process.argv.splice(1, 0, ${JSON.stringify(cli)}); await import(${JSON.stringify(attach)})`
    const args = ['--input-type=module', '-e', script, '--', '-C', join(home, 'wine'), 'plan', '--json']
    const env = { ...process.env, SLIPWAY_HOME: home }
    const printed = execFileSync(process.execPath, args, { env, encoding: 'utf8' })
    expect(JSON.parse(printed).steps[0]).toMatchObject({ state: 'new' })
    // What it is made of is one file, and nothing of core.
    const bundle = readFileSync(attach as string, 'utf8')
    expect(bundle).not.toMatch(/require\("(\.|better-sqlite3|web-tree-sitter|node:child_process)/)
  })

  it('builds anew what a changed source reaches, and nothing for a mere touch', async () => {
    appendFileSync(join(clone, 'core/hosts/cli/format-table.ts'), '\n')
    const changed = await launch('templates')
    expect(changed.stderr).toContain('Building core: done')
    expect(changed.stderr).not.toContain('prediction server')
    const file = join(clone, 'core/domain/job.ts')
    execFileSync('touch', [file])
    expect((await launch('templates')).stderr).toBe('')
  })

  it('waits for a set-up that is going on, and for none that died', async () => {
    const lock = join(clone, '.cache/setup.lock')
    appendFileSync(join(clone, 'core/hosts/cli/format-table.ts'), '\n')
    writeFileSync(lock, `${process.pid}\n`)
    const waiting = start(['templates'])
    while (!waiting.said().includes('waiting for it'))
      await new Promise((done) => waiting.child.stderr.once('data', done))
    rmSync(lock)
    expect((await waiting.ended).code).toBe(0)
    appendFileSync(join(clone, 'core/hosts/cli/format-table.ts'), '\n')
    writeFileSync(lock, '999999999\n')
    const after = await launch('templates')
    expect(after).toMatchObject({ code: 0, stderr: expect.not.stringContaining('waiting') })
  })

  it('says what went wrong when a build does, keeps what was there, and goes on from there', async () => {
    const file = join(clone, 'core/hosts/cli/format-table.ts')
    appendFileSync(file, 'export const = broken\n')
    const broken = await launch('templates')
    expect(broken.code).toBe(3)
    expect(broken.stderr).toMatch(/could not be set up[\s\S]*format-table\.ts[\s\S]*next start goes on from there/)
    expect(existsSync(join(clone, 'dist/core/cli.mjs'))).toBe(true)
    cpSync(join(repository, 'core/hosts/cli/format-table.ts'), file)
    expect((await launch('templates')).code).toBe(0)
  })

  it('needs no package to start with: it imports nothing but what Node brings', () => {
    const folder = dirname(join(clone, 'core/hosts/launcher/launcher.mjs'))
    const imports = execFileSync('grep', ['-rhoE', "^import .* from '[^']+'", folder], { encoding: 'utf8' })
    expect(imports.split('\n').filter((line) => line && !/from '(node:|\.\/)/.test(line))).toEqual([])
  })
})
