import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findProcess } from '../../core/tracking/process-identity.ts'
import { busyPipeline, writeBlankProject } from '../builders/blank-project.ts'
import { type CommandEnd, type CommandLine, createCommandLine } from '../builders/command-line.ts'

/** What a stranger does to a project, through the shell: one clear error with its remedy, nothing lost, and on it goes. */
const head = 'import os, sys, time\nfrom slipway import step\n'
const good = `${head}\n@step\ndef a():\n    return 1\n`

let slipway: CommandLine
let work: string
let folder: string

beforeAll(async () => {
  slipway = createCommandLine()
  work = mkdtempSync(join(tmpdir(), 'bad-input-'))
  folder = writeBlankProject(join(work, 'project'), good)
  expect((await slipway.run(['run', '--trust'], { folder })).code).toBe(0)
})
afterAll(() => {
  slipway.remove()
  rmSync(work, { recursive: true, force: true })
})

const run = (...args: string[]) => slipway.run(args, { folder })
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content)

/** Three sentences on stderr for people, the same under --json for programs, and no stack. */
function expectRefusal(end: CommandEnd, expected: { code: string; exit: number; message: RegExp; remedy: RegExp }) {
  expect(end.code, end.stdout + end.stderr).toBe(expected.exit)
  const { error } = end.json<{ error: Record<string, unknown> }>()
  expect(error).toMatchObject({
    code: expected.code,
    message: expect.stringMatching(expected.message),
    kept: expect.stringMatching(/^[A-Z].*\.$/),
    remedy: expect.stringMatching(expected.remedy),
    details: expect.any(Object),
  })
  expect(end.stderr).not.toMatch(/\n\s+at /)
}

/** Nothing was lost, and later commands work. */
async function expectSound() {
  const { checks } = (await run('doctor', '--json')).json<{ checks: { name: string; state: string }[] }>()
  expect(checks.filter(({ state }) => state === 'hurt')).toEqual([])
  expect(checks.find(({ name }) => name === 'database')?.state).toBe('ok')
  const list = (await run('runs', '--json')).json<{ runs: { state: string }[] }>()
  expect(list.runs.filter(({ state }) => state === 'running')).toEqual([])
  write('requirements.txt', '')
  write('pipeline.py', good)
  const end = await run('run', '--trust', '--json')
  expect(end.code, end.stdout + end.stderr).toBe(0)
}

describe('a pipeline that cannot be', { timeout: 120_000 }, () => {
  afterAll(expectSound)

  it.each([
    [
      'a syntax error in a step',
      'def a(:\n    return 1\n',
      /pipeline\.py, line 6: Python cannot read this/,
      /Correct the line/,
    ],
    [
      'a cycle',
      'def a(b):\n    return 1\n\n@step\ndef b(a):\n    return 1\n',
      /line \d+: These steps need each other: a → b → a/,
      /Take one of the inputs away/,
    ],
    [
      'two steps producing one name',
      'def a():\n    return 1\n\n@step(outputs=("a",))\ndef c():\n    return 2\n',
      /"a" is given by two steps; the other is "c" in pipeline\.py/,
      /another name/,
    ],
    [
      'two steps of one name',
      'def a():\n    return 1\n\n@step\ndef a():\n    return 2\n',
      /Two steps are named "a"/,
      /Rename one/,
    ],
    ['an input nobody produces', 'def a(nobody):\n    return 1\n', /"a" takes "nobody", which no step gives/, /param/],
    ['a param that is not JSON', 'def a(*, f=object()):\n    return 1\n', /param "f" is not JSON/, /Use a number/],
  ])('%s', async (_, body, message, remedy) => {
    write('pipeline.py', `${head}\n\n@step\n${body}`)
    for (const command of [
      ['plan', '--json'],
      ['run', '--trust', '--json'],
    ]) {
      expectRefusal(await run(...command), { code: 'project/pipelineBroken', exit: 1, message, remedy })
    }
  })
})

describe('a value that a param cannot have', () => {
  it.each([
    [['run', '--trust', '-p', 'a.b=1'], 'execution/paramUnknown', /There is no param "a\.b"/, /STEP\.PARAM=VALUE/],
    [['run', '--trust', '-p', 'nonsense'], 'host/usage', /names no param/, /-p STEP\.PARAM=VALUE/],
    [['run', '--trust', 'nobody'], 'project/stepUnknown', /no step "nobody"/, /slipway plan/],
  ])('%s', async (args, code, message, remedy) => {
    write('pipeline.py', good)
    expectRefusal(await run(...args, '--json'), { code, exit: 2, message, remedy })
  })
})

describe('a step that ends badly', { timeout: 120_000 }, () => {
  afterAll(expectSound)

  it.each([
    [
      'a missing package',
      '    import nosuchpackage\n',
      /No module named 'nosuchpackage'/,
      /Add nosuchpackage to the project's requirements/,
    ],
    ['os._exit', '    os._exit(3)\n', /os\._exit\(3\)/, /Return from the function/],
    ['a signal', '    os.kill(os.getpid(), 11)\n', /SIGSEGV|segmentation/i, /library|log/],
    ['sys.exit', '    sys.exit("enough")\n', /enough|sys\.exit/, /Return|Raise|traceback|log/i],
    [
      'an unreadable CSV',
      '    import csv\n    return list(csv.reader(open("data.csv", encoding="utf-8")))\n',
      /can't decode byte 0xff/,
      /Pass its encoding/,
    ],
    [
      'a CSV that is not there',
      '    return open("absent.csv").read()\n',
      /absent\.csv/,
      /relative to the project folder/,
    ],
  ])('%s', async (_, body, message, remedy) => {
    write('data.csv', Uint8Array.from([0x61, 0xff, 0xfe, 0x2c, 0x62]))
    write('pipeline.py', `${head}\n@step\ndef first():\n    return 1\n\n@step\ndef a(first):\n${body}`)
    const end = await run('run', '--trust', '--json')
    expect(end.code, end.stdout + end.stderr).toBe(1)
    expect(end.json()).toMatchObject({
      run: {
        state: 'failed',
        failure: {
          code: 'execution/stepFailed',
          message: expect.stringMatching(message),
          remedy: expect.stringMatching(remedy),
        },
      },
      steps: [
        { step: 'first', state: expect.stringMatching(/completed|cached/) },
        { step: 'a', state: 'failed' },
      ],
    })
    // The same to people, --quiet or not, and the log is there to be read.
    expect((await run('run', '--trust', '-q')).stderr).toMatch(message)
    expect((await run('logs', 'latest', 'a')).code).toBe(0)
  })

  it('killed by memory', async () => {
    write('pipeline.py', `${head}\n@step\ndef a():\n    return len(bytearray(2_000_000_000))\n`)
    appendFileSync(join(folder, 'slipway.toml'), '\n[steps.a]\nmemory = "200 MB"\n')
    const end = await run('run', '--trust', '--json')
    writeBlankProject(folder, good)
    expect(end.code).toBe(1)
    expect(end.json()).toMatchObject({
      run: {
        failure: {
          message: expect.stringMatching(/ran out of memory: its limit is 200 MB/),
          remedy: expect.stringMatching(/Raise "memory"/),
        },
      },
    })
  })
})

describe('a step that does too much', { timeout: 120_000 }, () => {
  afterAll(expectSound)

  it('prints 100 MB: it completes, and the log that is shown says where it was cut', async () => {
    write(
      'pipeline.py',
      `${head}\n@step\ndef a():\n    for _ in range(1000):\n        print("x" * 99_999)\n    print("the end")\n    return 1\n`,
    )
    expect((await run('run', '--trust', '--json')).json()).toMatchObject({ run: { state: 'completed' } })
    const logs = await run('logs', 'latest', 'a')
    expect(logs.stdout.length).toBeLessThan(4_000_000)
    expect(logs.stdout).toContain('the end')
    expect(logs.stderr).toContain('its middle is cut')
  })

  it('forks a daemon: it ends with the step', async () => {
    const daemon =
      '    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            open("daemon", "w").write(str(os.getpid()))\n            time.sleep(600)\n        os._exit(0)\n    while not os.path.exists("daemon") or not open("daemon").read(): time.sleep(0.05)\n    return int(open("daemon").read())\n'
    write('pipeline.py', `${head}\n@step\ndef a():\n${daemon}`)
    expect((await run('run', '--trust', '--json')).json()).toMatchObject({ run: { state: 'completed' } })
    const pid = Number((await run('artifact', 'get', 'latest:a')).stdout)
    expect(findProcess(pid)).toBeNull()
  })
})

describe('an environment that cannot be', { timeout: 120_000 }, () => {
  afterEach(expectSound)
  const offline = {
    UV_DEFAULT_INDEX: 'http://127.0.0.1:9/simple',
    PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
    PIP_RETRIES: '0',
    UV_HTTP_RETRIES: '0',
    UV_NO_CACHE: '1',
    PIP_NO_CACHE_DIR: '1',
  }

  it.each([
    [
      'a requirement that does not exist',
      'no-such-package-anywhere==1.0\n',
      {},
      'environments/packageNotFound',
      /No release of no-such-package-anywhere/,
      /Check the spelling/,
    ],
    [
      'an index that cannot be reached',
      'six==1.16.0\n',
      offline,
      'environments/networkMissing',
      /index cannot be reached/,
      /Connect to the network/,
    ],
    ['a requirement that is none', '==\n', {}, 'environments/requirementRefused', /requirements\.txt/, /./],
  ])('%s', async (_, requirements, variables, code, message, remedy) => {
    write('requirements.txt', requirements)
    const synced = await slipway.run(['env', 'sync', '--trust', '--json'], { folder, variables })
    const exit = code === 'environments/requirementRefused' ? 4 : 3
    expectRefusal(synced, { code, exit, message, remedy })
    const end = await slipway.run(['run', '--trust', '--no-cache', '--json'], { folder, variables })
    expect(end.code, end.stdout + end.stderr).toBe(exit)
    expect(end.json()).toMatchObject({ run: { state: 'failed', failure: { code } } })
  })

  it('whose interpreter is gone is named by it, and made again by the next run', async () => {
    for (const name of ['python', 'python3']) rmSync(join(folder, '.slipway/environment/bin', name), { force: true })
    expectRefusal(await run('env', 'show', '--json'), {
      code: 'environments/notReady',
      exit: 3,
      message: /Python 3\.\d+\.\d+, which it was made with, is no longer there/,
      remedy: /slipway env sync/,
    })
    expect((await run('plan', '--json')).code).toBe(0)
  })
})

describe('a project folder that goes away', { timeout: 120_000 }, () => {
  it('while it is open: the host says so, makes nothing in its place, and finds it again when it is back', async () => {
    const host = slipway.start(['registry', 'serve', '--json'], { folder })
    await host.firstLine()
    renameSync(folder, `${folder}-moved`)
    expectRefusal(await slipway.run(['-C', folder, 'runs', '--json']), {
      code: 'host/usage',
      exit: 2,
      message: /does not exist/,
      remedy: /Pass -C the folder of a project/,
    })
    const moved = await slipway.run(['-C', `${folder}-moved`, 'run', '--trust', '--json'])
    expectRefusal(moved, {
      code: 'project/folderGone',
      exit: 3,
      message: /is gone: it was deleted, moved/,
      remedy: /open it where it is now/,
    })
    expect(existsSync(folder)).toBe(false)
    host.process.kill('SIGINT')
    expect((await host.ended).code).toBe(130)
    expect(existsSync(folder)).toBe(false)
    expect((await slipway.run(['-C', `${folder}-moved`, 'runs', '--json'])).code).toBe(0)
    renameSync(`${folder}-moved`, folder)
    await expectSound()
  })

  it('deleted in mid-run: the run ends with one error and nothing comes back', async () => {
    const other = writeBlankProject(join(work, 'deleted'), busyPipeline)
    const busy = slipway.start(['run', '--trust', '--json', '--verbose'], { folder: other })
    await busy.says('busy now')
    rmSync(other, { recursive: true, force: true })
    busy.process.kill('SIGINT')
    const end = await busy.ended
    expect([1, 3, 5, 130]).toContain(end.code)
    expect(Object.keys(end.json())).toHaveLength(end.stdout.includes('"error"') ? 1 : 3)
    expect(existsSync(other)).toBe(false)
  })
})

describe('a core that is killed in mid-run', { timeout: 120_000 }, () => {
  it('left a run that is failed and interrupted, with every step that completed', async () => {
    write('pipeline.py', busyPipeline.replace('return 1', 'return 3'))
    const busy = slipway.start(['run', '--trust', '--verbose'], { folder })
    await busy.says('busy now')
    busy.process.kill('SIGKILL')
    await busy.ended
    const shown = (await run('show', 'latest', '--json')).json()
    expect(shown).toMatchObject({
      run: { state: 'failed', failure: { message: expect.stringMatching(/interrupted/i), remedy: expect.any(String) } },
      steps: [
        { step: 'first', state: 'completed' },
        { step: 'busy', state: 'failed' },
      ],
    })
    await expectSound()
  })

  it('cancelled with Ctrl-C it leaves with 130, and keeps what is complete', async () => {
    write('pipeline.py', busyPipeline.replace('return 1', 'return 2'))
    const busy = slipway.start(['run', '--trust', '--verbose', '--json'], { folder })
    await busy.says('busy now')
    busy.process.kill('SIGINT')
    const end = await busy.ended
    expect(end.code).toBe(130)
    expect(end.json()).toMatchObject({
      run: { state: 'canceled' },
      steps: [
        { step: 'first', state: 'completed' },
        { step: 'busy', state: 'canceled' },
      ],
    })
    expect((await run('plan', 'first', '--json')).json()).toMatchObject({ steps: [{ step: 'first', state: 'cached' }] })
    await expectSound()
  })
})

describe('a port that is taken', () => {
  it.each([
    ['registry', ['registry', 'serve', '--port']],
    ['workbench', ['open', '--port']],
  ])('is named, whoever wanted it: %s', async (_, args) => {
    const server = createServer()
    const port = await new Promise<number>((done) =>
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)),
    )
    const end = await run(...args, String(port), '--json')
    server.close()
    const message = new RegExp(`^Port ${port} is taken by another program`)
    expectRefusal(end, { code: 'host/portTaken', exit: 3, message, remedy: /Choose another with --port/ })
  })
})
