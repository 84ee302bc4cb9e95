import { statSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../builders/temporary-file.ts'
import { pythonProject } from './python-project.ts'

const head = 'import os\nfrom slipway import step\n\n@step\ndef work():\n'
const indent = (lines: readonly string[]) => lines.map((line) => `    ${line}\n`).join('')
type Environment = Parameters<typeof pythonProject>[0]

/** What a step of these lines was seen to do. */
async function observe(
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
  environment: Environment = 'bare',
) {
  const project = await pythonProject(environment, { 'pipeline.py': head + indent(lines), ...files })
  const run = await project.run('work')
  if (run.failure) throw new Error(`${run.failure.message}\n${run.stderr}`)
  return run
}

async function effectsOf(
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
  environment: Environment = 'bare',
) {
  const { observed } = await observe(lines, files, environment)
  return (observed.effects ?? []).map(({ kind, name, where }) => [kind, name, where])
}

const seed = ['random', null]

describe('what a step is seen to take from outside', () => {
  const clocks: readonly (readonly [string, string])[] = [
    ['import time; time.time()', 'time.time'],
    ['from time import strftime; strftime("%Y")', 'time.strftime'],
    ['from datetime import datetime; datetime.now()', 'datetime.datetime.now'],
    ['import datetime; datetime.date.today()', 'datetime.date.today'],
    ['import uuid; uuid.uuid1()', 'uuid.uuid1'],
  ]
  for (const [line, name] of clocks) {
    it(`is the time: ${line}`, async () => {
      expect(await effectsOf([line])).toEqual([['clock', name, 'pipeline.py:6']])
    })
  }

  it('is not the time of libraries, of timers, or of a time that is given', async () => {
    const lines = [
      'import time, datetime, logging, tempfile, email.utils',
      'time.perf_counter(), time.monotonic(), time.gmtime(0), time.strftime("%Y", time.gmtime(0))',
      'logging.warning("said"); tempfile.mkdtemp(); email.utils.formatdate()',
      'return datetime.datetime.fromtimestamp(0, datetime.timezone.utc).year',
    ]
    expect(await effectsOf(lines)).toEqual([])
  })

  const draws: readonly (readonly [string, Environment, readonly unknown[]])[] = [
    ['import random; random.random()', 'bare', seed],
    ['import random; random.seed(); random.random()', 'bare', seed],
    ['import random; random.random(); random.seed(1)', 'bare', seed],
    ['import random; random.Random()', 'bare', ['random.Random()', 'pipeline.py:6']],
    ['import secrets; secrets.token_hex()', 'bare', ["the system's entropy", 'pipeline.py:6']],
    ['os.urandom(4)', 'bare', ["the system's entropy", 'pipeline.py:6']],
    ['open("/dev/urandom", "rb").read(4)', 'bare', ["the system's entropy", 'pipeline.py:6']],
    ['import uuid; uuid.uuid4()', 'bare', ["the system's entropy", 'pipeline.py:6']],
    ['import numpy; numpy.random.rand()', 'numpy', ['numpy.random', null]],
    ['import numpy; numpy.random.default_rng()', 'numpy', ['numpy.random.default_rng()', 'pipeline.py:6']],
    ['import numpy; numpy.random.RandomState()', 'numpy', ['numpy.random.RandomState()', 'pipeline.py:6']],
    ['from sklearn.utils import shuffle; shuffle([1, 2, 3])', 'science', ['numpy.random', null]],
  ]
  for (const [line, environment, effect] of draws) {
    it(`is chance that no seed decides: ${line}`, async () => {
      expect(await effectsOf([line], {}, environment)).toEqual([['randomness', ...effect]])
    })
  }

  it('is not chance that a seed decides, nor what libraries take for names', async () => {
    const lines = [
      'import random, tempfile, pickle, numpy',
      'random.seed(1); random.random(); random.Random(3).random()',
      'numpy.random.seed(0); numpy.random.rand()',
      'generator = numpy.random.default_rng(7); pickle.loads(pickle.dumps(generator)).random()',
      'numpy.random.RandomState(7).rand()',
      'tempfile.mkdtemp()',
    ]
    expect(await effectsOf(lines, {}, 'numpy')).toEqual([])
  })

  it('is not chance that a library takes an integer for its seed', async () => {
    const lines = [
      'from sklearn.model_selection import train_test_split',
      'train_test_split([1, 2, 3, 4], random_state=7)',
    ]
    expect(await effectsOf(lines, {}, 'science')).toEqual([])
  })

  it('is a service of this computer that it did not start, and one that does not answer', async () => {
    const greet = (socket: Socket) => socket.on('error', () => undefined).end('hello')
    const server = createServer(greet)
    const path = join(temporaryFolder('outside-'), 'service')
    const byPath = createServer(greet)
    await Promise.all([
      new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)),
      new Promise<void>((ready) => byPath.listen(path, ready)),
    ])
    const { port } = server.address() as { port: number }
    const lines = [
      'import socket',
      `socket.create_connection(("localhost", ${port})).recv(5)`,
      `s = socket.socket(socket.AF_UNIX); s.connect(${JSON.stringify(path)})`,
      // Nobody listens at the port of echo.
      'print(socket.socket().connect_ex(("127.0.0.1", 7)))',
    ]
    try {
      expect(new Set((await effectsOf(lines)).map(String))).toEqual(
        new Set([
          `network,127.0.0.1:${port},pipeline.py:7`,
          'network,the socket service,pipeline.py:8',
          'network,127.0.0.1:7,pipeline.py:9',
        ]),
      )
    } finally {
      server.close()
      byPath.close()
    }
  })

  it('is what a program that speaks with others brings, however fast', async () => {
    const lines = ['import subprocess', 'subprocess.run("curl --version", shell=True)', 'subprocess.run(["true"])']
    expect(await effectsOf(lines)).toEqual([
      ['network', 'curl', 'pipeline.py:7'],
      ['program', 'curl', 'pipeline.py:7'],
      ['program', 'true', 'pipeline.py:8'],
    ])
  })

  it('is not a service that it started itself, though that took a while to answer and has a session of its own', async () => {
    const lines = [
      'import socket, subprocess, sys, time, multiprocessing',
      'free = socket.create_server(("127.0.0.1", 0)); port = free.getsockname()[1]; free.close()',
      "code = f\"import time, socket; time.sleep(0.3); s = socket.create_server(('127.0.0.1', {port})); s.accept()[0].sendall(b'own')\"",
      'child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)',
      'line = socket.socket()',
      'while line.connect_ex(("127.0.0.1", port)): time.sleep(0.05); line = socket.socket()',
      'assert line.recv(3) == b"own"; child.wait()',
      'with multiprocessing.Manager() as manager: manager.list([1]).append(2)',
    ]
    expect((await effectsOf(lines)).filter(([kind]) => kind === 'network')).toEqual([])
  })

  it('is a file outside the project, as against those of the system and of programs at home', async () => {
    const outside = temporaryFolder('outside-', '/var/tmp')
    const home = temporaryFolder('home-', '/var/tmp')
    writeFileSync(join(outside, 'prices.csv'), 'a')
    const lines = [
      `open(${JSON.stringify(join(outside, 'prices.csv'))}).read()`,
      'open("/etc/hostname").read()',
      'os.makedirs(os.path.expanduser("~/.tool")); open(os.path.expanduser("~/.tool/state"), "w").close()',
      'open(os.path.expanduser("~/.tool/state")).close()',
    ]
    const project = await pythonProject('bare', { 'pipeline.py': head + indent(lines) })
    const { observed } = await project.run('work', { variables: { HOME: home } })
    expect(observed.effects).toEqual([
      { kind: 'outsideRead', name: join(outside, 'prices.csv'), where: 'pipeline.py:6' },
    ])
  })

  it('is a temporary file that was there before, as against its own', async () => {
    const temporary = temporaryFolder('outside-')
    const there = join(temporary, 'prices.csv')
    writeFileSync(there, 'a')
    // A file counts as its own from a twentieth of a second before it began.
    while (Date.now() < statSync(there).ctimeMs + 200) await new Promise((resolve) => setTimeout(resolve, 20))
    const lines = [
      'import subprocess, tempfile',
      `open(${JSON.stringify(there)}).read()`,
      'with tempfile.TemporaryDirectory() as made:',
      '    own = os.path.join(made, "own.txt")',
      '    open(own, "w").close(); open(own).close()',
      '    subprocess.run(["cp", own, own + ".copy"]); open(own + ".copy").close()',
    ]
    const { observed } = await observe(lines)
    expect(observed.outsideReads).toEqual([there])
    expect(observed.effects?.filter(({ kind }) => kind === 'outsideRead')).toEqual([
      { kind: 'outsideRead', name: there, where: 'pipeline.py:7' },
    ])
  })

  it('is another program, by its name, and the files that it is given', async () => {
    const commands: readonly (readonly [string, string])[] = [
      ['import subprocess; subprocess.run(["cat", "data/x.csv"])', 'cat'],
      ['import subprocess; subprocess.run("cat data/x.csv | wc -l", shell=True)', 'cat'],
      ['os.system("cat data/x.csv")', 'cat'],
      ['os.popen("cd data; cat x.csv").read()', 'sh'],
      ['os.posix_spawn("/bin/cat", ["cat", "data/x.csv"], os.environ); os.wait()', 'cat'],
    ]
    for (const [line, name] of commands) {
      const { observed } = await observe([line], { 'data/x.csv': '1' })
      expect(observed.effects).toEqual([{ kind: 'program', name, where: 'pipeline.py:6' }])
      expect(observed.filesRead).toEqual(name === 'sh' ? [] : ['data/x.csv'])
    }
  })

  it('is not what libraries ask about the computer', async () => {
    expect(
      await effectsOf(['import platform, ctypes.util; platform.processor(), ctypes.util.find_library("c")']),
    ).toEqual([])
  })
})

describe('children of a step', () => {
  it('that are Python of its environment report what they read, write, ask and list', async () => {
    const script =
      'import os, helper\nopen("data/deep.csv").read(); os.environ.get("DEPTH"); os.listdir("data")\nopen("made.txt", "w").close()\n'
    const { observed } = await observe(
      [
        'import subprocess, sys',
        'subprocess.run([sys.executable, "tool.py"], check=True)',
        'os.environ["PATH"] = os.path.dirname(sys.executable)',
        'os.system("python tool.py")',
      ],
      { 'tool.py': script, 'helper.py': '', 'data/deep.csv': '' },
    )
    expect(observed.effects).toEqual([])
    expect(observed.filesRead).toEqual(['data/deep.csv', 'helper.py', 'tool.py'])
    expect(observed.filesWritten).toEqual(['made.txt'])
    expect(observed.foldersListed).toEqual(['data'])
    expect(observed.variables).toEqual([{ name: 'DEPTH', value: null }])
  })

  for (const how of ['fork', 'spawn', 'forkserver']) {
    it(`that multiprocessing starts by ${how} report too`, async () => {
      const { observed } = await observe(
        [
          'import multiprocessing, reader',
          `with multiprocessing.get_context("${how}").Pool(2) as pool: return pool.map(reader.read, ["a.csv", "b.csv"])`,
        ],
        {
          'reader.py': 'import random\ndef read(name):\n    random.random()\n    return open("data/" + name).read()\n',
          'data/a.csv': '1',
          'data/b.csv': '2',
        },
      )
      expect(observed.filesRead).toEqual(['data/a.csv', 'data/b.csv'])
      expect(observed.effects?.map(({ kind }) => kind)).not.toContain('program')
    })
  }

  it('that joblib keeps for later work report what they have read so far', async () => {
    const { observed } = await observe(
      [
        'from joblib import Parallel, delayed',
        'import reader',
        'return Parallel(n_jobs=2)(delayed(reader.read)(name) for name in ["a.csv", "b.csv"])',
      ],
      { 'reader.py': 'def read(name): return open("data/" + name).read()\n', 'data/a.csv': '1', 'data/b.csv': '2' },
      'science',
    )
    expect(observed.filesRead).toEqual(['data/a.csv', 'data/b.csv'])
    expect(observed.effects).toEqual([])
  })

  it('that are killed have told what they read before', async () => {
    const { observed } = await observe(
      ['if os.fork() == 0:', '    open("data/a.csv").read()', '    os.kill(os.getpid(), 9)', 'os.wait()'],
      { 'data/a.csv': '1' },
    )
    expect(observed.filesRead).toEqual(['data/a.csv'])
  })
})

describe('folders of the project', () => {
  it('are noted when their names are asked for, in whatever way', async () => {
    for (const line of [
      'os.listdir("data")',
      'import glob; glob.glob("data/*.csv")',
      'import pathlib; list(pathlib.Path("data").iterdir())',
      'list(os.walk("data"))',
    ]) {
      const { observed } = await observe([line], { 'data/a.csv': '' })
      expect(observed.foldersListed).toEqual(['data'])
    }
  })

  it('are not noted for imports, for looking up packages, or when they are removed', async () => {
    const { observed } = await observe(
      ['import helper, shutil, importlib.metadata', 'list(importlib.metadata.distributions())', 'shutil.rmtree("old")'],
      { 'helper.py': '', 'old/x': '' },
    )
    expect(observed.foldersListed).toEqual([])
  })
})
