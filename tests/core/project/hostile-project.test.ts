import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../builders/temporary-file.ts'

const repository = new URL('../../..', import.meta.url).pathname
const hasStrace = spawnSync('strace', ['-V']).status === 0

/** A project in which everything that some tool runs on opening leaves a mark. */
function hostileProject(): { folder: string; mark: string } {
  const folder = temporaryFolder('slipway-hostile-')
  const mark = join(folder, 'it-ran')
  const touch = `touch '${mark}'`
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
    chmodSync(join(folder, path), 0o755)
  }
  write('slipway.toml', 'name = "x"\npipeline = ["pipeline.py"]\n')
  write('pipeline.py', `import os\nos.system("${touch}")\nfrom slipway import step\n@step\ndef a():\n    return 1\n`)
  for (const name of ['json.py', 'sitecustomize.py', 'usercustomize.py', 'conftest.py', 'setup.py'])
    write(name, `import os\nos.system("${touch}")\n`)
  write('.env', `BASH_ENV=$(${touch})\n`)
  write('.vscode/tasks.json', `{"tasks": [{"command": "${touch}", "runOptions": {"runOn": "folderOpen"}}]}`)
  write('.venv/bin/python', `#!/bin/sh\n${touch}\n`)
  write('.slipway/environment/bin/python', `#!/bin/sh\n${touch}\n`)
  write('.envrc', touch)
  execFileSync('git', ['init', '-q', folder])
  write('.git/hooks/post-checkout', `#!/bin/sh\n${touch}\n`)
  execFileSync('git', ['-C', folder, 'config', 'core.fsmonitor', touch])
  return { folder, mark }
}

describe('opening a hostile project', () => {
  it.skipIf(!hasStrace)('b37: executes nothing: not one program starts', () => {
    const { folder, mark } = hostileProject()
    const log = join(folder, '..', `${Date.now()}-execve.log`)
    const program = [
      `import { createProject } from ${JSON.stringify(join(repository, 'core/project/open-project.ts'))}`,
      `const project = await createProject({ folder: ${JSON.stringify(folder)}, homeFolder: ${JSON.stringify(join(folder, '..', 'no-home'))} })`,
      'project.get(); await project.pipeline({}); await project.datasets(); await project.files()',
      'await project.readFile("pipeline.py"); await project.settings(); await project.stepSource("a")',
      'const stop = project.watch(() => {}); await new Promise((done) => setTimeout(done, 300)); stop(); await project.close()',
      'console.log("opened", (await project.pipeline({})).steps.length)',
    ].join('\n')
    const stdout = execFileSync(
      'strace',
      ['-f', '-qq', '-e', 'trace=execve,execveat', '-o', log, process.execPath, '--input-type=module', '-e', program],
      { encoding: 'utf8' },
    )
    expect(stdout).toBe('opened 1\n')
    const started = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('exec'))
    expect(started).toHaveLength(1)
    expect(started[0]).toContain(process.execPath)
    expect(existsSync(mark)).toBe(false)
  })
})
