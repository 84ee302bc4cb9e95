import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../builders/temporary-file.ts'
import { pythonProject, readDocument } from './python-project.ts'

const head = 'import os, json\nfrom slipway import step\n\n'

describe('what a step is seen to do', () => {
  it('lists files read and written inside the project, and not those of the interpreter', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}SETTINGS = json.load(open('settings.json'))
@step
def work():
    text = open('data/in.csv').read()
    os.makedirs('out', exist_ok=True)
    with open('out/made.txt', 'w') as f: f.write(text)
    open('out/made.txt').read()
    with open('out/half', 'w') as f: f.write('x')
    os.replace('out/half', 'out/whole')
    with open('out/gone', 'w') as f: f.write('x')
    os.remove('out/gone')
    with open('log.txt', 'a') as f: f.write('x')
    try: open('overrides.json')
    except FileNotFoundError: pass
    open('.slipway/private', 'w').close()
`,
      'settings.json': '{}',
      'data/in.csv': 'a,b',
      'log.txt': 'old',
      '.slipway/keep': '',
    })
    const { observed, failure } = await project.run('work')
    expect(failure).toBeNull()
    expect(observed.filesRead).toEqual(['data/in.csv', 'log.txt', 'overrides.json', 'settings.json'])
    expect(observed.filesWritten).toEqual(['log.txt', 'out/made.txt', 'out/whole'])
    expect(observed.outsideWrites).toEqual([])
    expect(observed.network).toBe(false)
    expect(observed.peakMemoryBytes).toBeGreaterThan(5_000_000)
  })

  it('lists the modules of the project that were really imported, at whatever time', async () => {
    const project = await pythonProject('bare', {
      'steps/train.py': `${head}from helpers import scale\nfrom steps.inner import deep\n@step\ndef work():\n    import late\n    return scale.by(2)\n`,
      'steps/inner/__init__.py': 'from . import deep\n',
      'steps/inner/deep.py': '',
      'helpers/scale.py': 'def by(n): return n\n',
      'late.py': '',
      'never.py': '',
    })
    const { observed, failure } = await project.run('work', { module: 'steps/train.py' })
    expect(failure).toBeNull()
    expect(observed.modules).toEqual([
      'helpers/scale.py',
      'late.py',
      'steps/inner/__init__.py',
      'steps/inner/deep.py',
      'steps/train.py',
    ])
    expect(observed.filesRead).toEqual([])
  })

  it('lists imported packages with versions and data files inside them', async () => {
    const project = await pythonProject('science', {
      'pipeline.py': `${head}import numpy\n@step\ndef work():\n    from sklearn.datasets import load_wine\n    return load_wine(as_frame=True).frame\n`,
    })
    const { observed, outputs } = await project.run('work')
    expect(observed.packages).toContainEqual({ name: 'numpy', version: '2.4.6' })
    expect(observed.packages).toContainEqual({ name: 'scikit-learn', version: '1.9.1' })
    expect(observed.packages.map(({ name }) => name)).not.toContain('slipway')
    expect(observed.packageFiles.map(({ name }) => name)).toContain('package:sklearn/datasets/data/wine_data.csv')
    expect(outputs.work?.summary.rows).toBe(178)
  })

  it('lists the variables that the project reads, also those that are absent, and no others', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}@step
def work():
    os.environ['MINE'] = '1'
    values = [os.getenv('SEEN'), os.environ.get('ABSENT', 'x'), 'ASKED' in os.environ, os.environ['MINE']]
    dict(os.environ), os.environ.copy(), {**os.environ}
    import subprocess, sys
    subprocess.run([sys.executable, '-c', ''], env={**os.environ})
    return values
`,
    })
    const { observed } = await project.run('work', { variables: { SEEN: 'yes', ASKED: 'too', UNSEEN: 'no' } })
    expect(observed.variables).toEqual([
      { name: 'ABSENT', value: null },
      { name: 'ASKED', value: 'too' },
      { name: 'SEEN', value: 'yes' },
    ])
  })

  it('leaves out what the step itself gives to its children', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}@step
def work():
    import subprocess, sys
    os.environ['MINE'] = '1'
    return subprocess.check_output([sys.executable, 'child.py'], env={**os.environ, 'ADDED': '2'}, text=True)
`,
      'child.py': `import os\nprint([os.environ.get(name) for name in ('MINE', 'ADDED', 'SEEN', 'ABSENT')])\n`,
    })
    const { observed } = await project.run('work', { variables: { SEEN: 'yes' } })
    expect(observed.variables).toEqual([
      { name: 'ABSENT', value: null },
      { name: 'SEEN', value: 'yes' },
    ])
  })

  it('reports writes outside the project and the use of the network', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}import socket, tempfile
@step
def work():
    with open(os.path.expanduser('~/outside.txt'), 'w') as f: f.write('x')
    tempfile.NamedTemporaryFile().close()
    tempfile.NamedTemporaryFile(delete=False).close()
    os.makedirs(tempfile.mkdtemp() + '/inside'); os.mkdir(tempfile.gettempdir() + '/joblib_memmapping_folder_1')
    open(tempfile.gettempdir() + '/joblib_memmapping_folder_1/a', 'w').close()
    open(tempfile.gettempdir() + '/for-the-next-step.csv', 'w').close()
    open(os.devnull, 'w').close()
    s = socket.socket(); s.settimeout(0.2)
    try: s.connect(('192.0.2.1', 9))
    except OSError: pass
`,
    })
    const [HOME, TMPDIR] = [temporaryFolder('home-'), temporaryFolder('tmp-')]
    const { observed } = await project.run('work', { variables: { HOME, TMPDIR } })
    expect(new Set(observed.outsideWrites)).toEqual(
      new Set([join(HOME, 'outside.txt'), join(TMPDIR, 'for-the-next-step.csv')]),
    )
    expect(observed.network).toBe(true)
  })

  it('does not take a connection to this machine for the network', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}import socket\n@step\ndef work():\n    s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n    socket.create_connection(s.getsockname()).close()\n`,
    })
    expect((await project.run('work')).observed.network).toBe(false)
  })

  it('sees files that compiled readers open', async () => {
    const project = await pythonProject('polars', {
      'pipeline.py': `${head}@step\ndef work():\n    import polars as pl\n    pl.scan_csv('data/*.csv').collect()\n    return pl.read_csv('data/a.csv')\n`,
      'data/a.csv': 'x\n1\n',
      'data/b.csv': 'x\n2\n',
    })
    const { observed, failure } = await project.run('work')
    expect(failure).toBeNull()
    expect(observed.filesRead).toEqual(['data/a.csv', 'data/b.csv'])
  })

  it('sees the database that a compiled reader opens', async () => {
    const project = await pythonProject('polars', {
      'pipeline.py': `${head}import duckdb
@step
def make():
    duckdb.connect('made.db').execute('CREATE TABLE t AS SELECT 1 AS x')
@step
def work():
    return duckdb.connect('made.db', read_only=True).execute('SELECT x FROM t').fetchall()
`,
    })
    expect((await project.run('make')).failure).toBeNull()
    const { observed, failure } = await project.run('work')
    expect([failure, observed.filesRead]).toEqual([null, ['made.db']])
  })

  it('sees files that queries name', async () => {
    const queries = [
      `duckdb.sql("SELECT * FROM 'data/a.csv'").fetchall()`,
      `duckdb.connect().execute("SELECT * FROM read_csv('data/*.csv')").fetchall()`,
      'duckdb.read_csv("data/a.csv").fetchall()',
      'duckdb.connect().read_csv("data/a.csv").fetchall()',
    ]
    for (const [index, query] of queries.entries()) {
      const project = await pythonProject('polars', {
        'pipeline.py': `${head}import duckdb\n@step\ndef work():\n    return len(${query})\n`,
        'data/a.csv': 'x\n1\n',
        'data/b.csv': 'x\n2\n',
      })
      const { observed, failure } = await project.run('work')
      expect(failure).toBeNull()
      expect([query, observed.filesRead]).toEqual([query, index === 1 ? ['data/a.csv', 'data/b.csv'] : ['data/a.csv']])
      expect(observed.foldersListed).toEqual(index === 1 ? ['data'] : [])
    }
  })

  it('takes an address that a compiled reader is given for the network', async () => {
    const project = await pythonProject('polars', {
      'pipeline.py': `${head}import polars, pathlib
@step
def work():
    read = polars.read_csv("file://" + str(pathlib.Path("data/a.csv").absolute()))
    try: polars.read_parquet("https://user@192.0.2.1:1/x.parquet", retries=0)
    except BaseException as error: return type(error).__name__
`,
      'data/a.csv': 'x\n1\n',
    })
    const { observed } = await project.run('work', { variables: { POLARS_MAX_RETRIES: '0' } })
    expect(observed.filesRead).toEqual(['data/a.csv'])
    expect(observed.effects).toContainEqual({ kind: 'network', name: '192.0.2.1', where: 'pipeline.py:8' })
  }, 120_000)

  it('is still told when the step fails or leaves by os._exit', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}from slipway import log_metric\n@step\ndef work(*, how):\n    open('in.txt').read(); log_metric('seen', 1)\n    os._exit(3) if how else 1 / 0\n`,
      'in.txt': '',
    })
    for (const how of [true, false]) {
      const run = await project.run('work', { params: { how } })
      expect(run.observed.filesRead).toEqual(['in.txt'])
      expect(run.metrics).toMatchObject([{ key: 'seen', value: 1 }])
      expect(run.failure?.kind).toBe(how ? 'exited' : 'exception')
      expect(run.exitCode).toBe(how ? 3 : 1)
    }
  })

  it('costs ordinary code nothing that can be measured', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}import time\n@step\ndef work():\n    start = time.perf_counter()\n    for _ in range(20_000): open('in.txt').close()\n    return (time.perf_counter() - start) / 20_000\n`,
      'in.txt': '',
    })
    const { outputs } = await project.run('work')
    expect(readDocument(outputs.work)).toBeLessThan(0.0005)
  })
})
