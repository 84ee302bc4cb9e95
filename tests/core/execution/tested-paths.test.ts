import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openProving } from '../proving/open-proving.ts'
import { pythonProject, readDocument } from './python/python-project.ts'
import { removeTestFolders } from './test-folder.ts'

afterAll(removeTestFolders)

const head = 'import glob, os\nfrom pathlib import Path\nfrom slipway import step\n\n'

/** A line that asks the project's folder something without opening a file, what changes it, and what the plan says. */
const questions: readonly (readonly [line: string, path: string, kind: 'file' | 'folder', from: string, to: string])[] =
  [
    ['os.path.exists("flag")', 'flag', 'file', 'not there', 'a file is there'],
    ['os.path.isfile("there.txt")', 'there.txt', 'file', 'a file is there', 'not there'],
    ['Path("cache").is_dir()', 'cache', 'folder', 'not there', 'a folder is there'],
    ['Path("deep/flag").exists()', 'deep/flag', 'file', 'not there', 'a file is there'],
    ['os.access("flag", os.R_OK)', 'flag', 'file', 'not there', 'a file is there'],
    ['bool(glob.glob("flag"))', 'flag', 'file', 'not there', 'a file is there'],
  ]

describe('a path that a step asks about without opening it', () => {
  for (const [line, path, kind, from, to] of questions)
    it(`makes it stale when the answer changes: ${line}`, async () => {
      const opened = await openProving({
        'pipeline.py': `${head}@step\ndef ask():\n    return ${line}\n`,
        'there.txt': 'x',
      })
      const first = await opened.run()
      expect(first.run.failure).toBeNull()
      expect((await opened.plan()).steps[0]?.state).toBe('cached')
      const place = join(opened.folder, path)
      mkdirSync(dirname(place), { recursive: true })
      if (to === 'not there') rmSync(place)
      else if (kind === 'folder') mkdirSync(place)
      else writeFileSync(place, '')
      expect((await opened.plan()).steps[0]).toMatchObject({
        state: 'stale',
        reasons: [{ kind: 'file', name: path, from, to }],
      })
      // Proved where it asked the same folder and got the same answer.
      expect(await opened.prove(false, first.run.id)).toMatchObject({ verdict: 'identical' })
      const second = await opened.run()
      expect(second.states).toEqual({ ask: 'completed' })
      expect((await opened.plan()).steps[0]?.state).toBe('cached')
      rmSync(place, { recursive: true, force: true })
      if (to === 'not there') writeFileSync(place, 'other')
      expect((await opened.plan()).steps[0]).toMatchObject({ state: 'cached', reuses: first.steps[0]?.id })
    }, 60_000)

  it('is not what it made itself, and its size and age come with its bytes', async () => {
    const code = `${head}@step
def make():
    if not os.path.exists("out"): os.makedirs("out/deep")
    if not Path("out/made.txt").exists(): Path("out/made.txt").write_text("made")
    Path("out/again").mkdir(exist_ok=True)
    assert os.path.isdir("out")
    return os.path.getsize("sized.bin")
`
    const opened = await openProving({ 'pipeline.py': code, 'sized.bin': '1234' })
    const { observed, run } = await opened.run()
    expect(run.failure).toBeNull()
    expect(observed.make?.pathsTested).toEqual([])
    expect(observed.make?.filesRead.map(({ path }) => path)).toEqual(['sized.bin'])
    expect((await opened.plan()).steps[0]?.state).toBe('cached')
    opened.write('sized.bin', '12345')
    expect((await opened.plan()).steps[0]?.reasons).toMatchObject([{ kind: 'file', name: 'sized.bin' }])
  }, 60_000)

  it('is seen in children, not in what libraries ask, and leaves os as it was for others', async () => {
    const project = await pythonProject('bare', {
      'pipeline.py': `${head}import pickle, shutil, subprocess, sys, tempfile, zipfile
@step
def work():
    subprocess.run([sys.executable, "-c", "import os; os.path.exists('by-child')"], check=True)
    subprocess.run([sys.executable, "child.py"], check=True)
    zipfile.is_zipfile("asked-by-library")
    shutil.which("no-such-program", path=os.getcwd())
    folder = tempfile.mkdtemp()
    os.path.exists(folder), os.path.exists("/etc/hostname"), os.path.exists(b"bytes"), os.path.exists("a\\0b")
    shutil.rmtree(folder)
    return [os.stat in os.supports_fd, os.stat in os.supports_dir_fd, pickle.loads(pickle.dumps(os.stat)) is os.stat]
`,
      'child.py': 'import os\nos.path.exists("by-script")\n',
    })
    const { observed, failure, outputs } = await project.run('work')
    expect(failure).toBeNull()
    expect(observed.pathsTested).toEqual([
      { path: 'by-script', found: null },
      { path: 'bytes', found: null },
    ])
    expect(readDocument(outputs.work)).toEqual([true, true, true])
  })
})
