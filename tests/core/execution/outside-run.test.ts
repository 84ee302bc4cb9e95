import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeReason } from '../../../core/domain/describe-reason.ts'
import { describeEffect } from '../../../core/domain/observation.ts'
import { digestOf } from '../../../core/store/hash-file.ts'
import { openExecution } from './open-execution.ts'

const head = 'import os\nfrom slipway import step\n\n@step\ndef work():\n'
const toml = (rest: string) => `name = "test"\npipeline = ["pipeline.py"]\n${rest}`

async function secondTime(body: string, files: Readonly<Record<string, string>> = {}) {
  const opened = await openExecution({ 'pipeline.py': head + body, ...files })
  expect((await opened.run()).states).toEqual({ work: 'completed' })
  const plan = await opened.plan()
  return { ...opened, planned: plan.steps[0] }
}

describe('what comes from outside', () => {
  it('is read anew each time, and the plan says what it was', async () => {
    const outside = mkdtempSync('/var/tmp/slipway-outside-')
    writeFileSync(join(outside, 'prices.csv'), '1')
    const body = `    return open(${JSON.stringify(join(outside, 'prices.csv'))}).read()\n`
    const { planned, run, write, plan } = await secondTime(body)
    const name = outside.split('/').at(-1)
    expect(planned).toMatchObject({
      state: 'stale',
      reasons: [
        { kind: 'nondeterministic', to: `read a file outside the project (…/${name}/prices.csv at pipeline.py:6)` },
      ],
    })
    expect((await run()).states).toEqual({ work: 'completed' })
    write('slipway.toml', toml('[steps.work]\ncache = true\n'))
    expect((await plan()).steps[0]).toMatchObject({ state: 'cached', effects: [{ kind: 'outsideRead' }] })
    rmSync(outside, { recursive: true })
  })

  it('is compared where the step is vouched for: what changed is named, in plan and record, and any past result counts', async () => {
    const outside = mkdtempSync('/var/tmp/slipway-outside-')
    const file = join(outside, 'prices.csv')
    writeFileSync(file, '1')
    const settings = { 'slipway.toml': toml('[steps.work]\ncache = true\n') }
    const body = `    return open(${JSON.stringify(file)}).read()\n`
    const { planned, queries, plan, run, folder } = await secondTime(body, settings)
    const path = relative(folder, file)
    expect(planned).toMatchObject({ state: 'cached', effects: [{ kind: 'outsideRead' }] })
    expect(queries.get('latest').observed.work?.outsideReads).toEqual([{ path, digest: digestOf('1'), sizeBytes: 1 }])

    writeFileSync(file, '22')
    const changed = { kind: 'file', name: path, from: digestOf('1'), to: digestOf('22'), sizes: [1, 2] } as const
    expect((await plan()).steps[0]).toMatchObject({ state: 'stale', reasons: [changed] })
    expect(describeReason(changed)).toBe(`file ${path} changed (1 B → 2 B)`)
    const second = await run()
    expect(second.states).toEqual({ work: 'completed' })
    expect(second.steps[0]?.reasons).toEqual([changed])
    writeFileSync(file, '1')
    expect((await run()).states).toEqual({ work: 'cached' })

    rmSync(outside, { recursive: true })
    expect((await plan()).steps[0]).toMatchObject({ state: 'stale', reasons: [{ kind: 'file', name: path, to: null }] })
  })

  it('is compared in the home folder, read by a child process, or changed while the step ran', async () => {
    const outside = mkdtempSync(join(homedir(), 'slipway-outside-'))
    const file = join(outside, 'prices.csv')
    writeFileSync(file, '1')
    const settings = { 'slipway.toml': toml('[steps.work]\ncache = true\n') }
    const name = `~/${relative(homedir(), file)}`
    try {
      const inChild = `    import subprocess, sys\n    return subprocess.run([sys.executable, "-c", "print(open(${"'"}${file}${"'"}).read())"], capture_output=True).stdout\n`
      const child = await secondTime(inChild, settings)
      expect(child.planned).toMatchObject({ state: 'cached' })
      writeFileSync(file, '2')
      expect((await child.plan()).steps[0]).toMatchObject({
        state: 'stale',
        reasons: [{ kind: 'file', name, from: digestOf('1'), to: digestOf('2') }],
      })

      const moving = `    import subprocess\n    text = open(${JSON.stringify(file)}).read()\n    subprocess.run(["sh", "-c", "echo 3 > ${file}"])\n    return text\n`
      const unsure = await secondTime(moving, settings)
      expect(unsure.planned).toMatchObject({
        state: 'stale',
        reasons: [{ kind: 'nondeterministic', to: 'what it read was changing while it ran' }],
      })
    } finally {
      rmSync(outside, { recursive: true })
    }
  })

  it('is told of what a step left among the temporary files, where the next one may look for it', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'slipway-outside-'))
    const [left, gone] = ['left.csv', 'gone.csv'].map((name) => JSON.stringify(join(outside, name)))
    const body = `    import atexit\n    for name in (${left}, ${gone}): open(name, "w").close()\n    atexit.register(os.remove, ${gone})\n    return 1\n`
    const { queries } = await secondTime(body)
    expect(queries.get('latest').observed.work?.outsideWrites).toEqual([`…/${basename(outside)}/left.csv`])
    rmSync(outside, { recursive: true })
  })

  it('is the network, too', async () => {
    const body = '    import socket\n    try: socket.getaddrinfo("nowhere.invalid", 80)\n    except OSError: pass\n'
    expect((await secondTime(body)).planned).toMatchObject({
      state: 'stale',
      reasons: [{ kind: 'nondeterministic', to: 'used the network (nowhere.invalid at pipeline.py:7)' }],
    })
  })

  it('is not a variable that steps are not given: that it is set where Slipway runs is said, also when the step fails', async () => {
    process.env.BIKES_REGION = 'north'
    try {
      const { planned, write, run, plan } = await secondTime('    return os.environ.get("BIKES_REGION", "nowhere")\n')
      const effects = [{ kind: 'variable', name: 'BIKES_REGION', where: null }] as const
      expect(planned).toMatchObject({ state: 'cached', effects })
      expect(describeEffect(effects[0])).toMatch(/^asked for the variable BIKES_REGION and got none: .*\[steps\.NAME\]/)
      write('pipeline.py', `${head}    return os.environ["BIKES_REGION"]\n`)
      expect((await run()).observed.work?.effects).toEqual(effects)
      write('slipway.toml', toml('[steps.work]\nenvironment = { BIKES_REGION = "south" }\n'))
      expect((await run()).observed.work?.effects).toEqual([])
      expect((await plan()).steps[0]).toMatchObject({ state: 'cached' })
    } finally {
      delete process.env.BIKES_REGION
    }
  })

  it('does not hinder reuse when it is the clock or chance, but the plan and the run say so', async () => {
    const { planned, queries } = await secondTime('    import time, random\n    return time.time() + random.random()\n')
    expect(planned).toMatchObject({
      state: 'cached',
      effects: [
        { kind: 'clock', name: 'time.time', where: 'pipeline.py:7' },
        { kind: 'randomness', name: 'random', where: null },
      ],
    })
    expect(queries.get('latest').observed.work?.effects).toHaveLength(2)
  })
})

describe('a step that starts another program', () => {
  const files = {
    'slipway.toml': toml('[datasets.sales]\npath = "data/*.csv"\n'),
    'data/a.csv': '1',
    'notes.txt': '',
  }
  const body =
    '    import subprocess\n    return subprocess.run("cat data/*.csv", shell=True, capture_output=True).stdout\n'

  it('is taken to have read every declared dataset: in the record, the lineage and the key', async () => {
    const { planned, queries, lineage, write, plan, run } = await secondTime(body, files)
    expect(planned).toMatchObject({ state: 'cached', effects: [{ kind: 'program', name: 'cat' }] })
    const { run: first, observed } = queries.get('latest')
    expect(observed.work?.filesRead).toMatchObject([{ path: 'data/a.csv', sizeBytes: 1, unseen: true }])
    expect(lineage.walk(`run:${first.id}`, 'up').nodes.map(({ name }) => name)).toContain('data/a.csv')
    write('notes.txt', 'changed')
    expect((await plan()).steps[0]).toMatchObject({ state: 'cached' })
    write('data/a.csv', '2')
    expect((await plan()).steps[0]).toMatchObject({ state: 'stale', reasons: [{ kind: 'file', name: 'data/a.csv' }] })
    await run()
    write('data/b.csv', '3')
    expect((await plan()).steps[0]).toMatchObject({ state: 'stale', reasons: [{ kind: 'file', name: 'data/' }] })
  })
})

it('reads a folder again when a file was added to it, and not for what it writes there itself', async () => {
  const body =
    '    names = sorted(os.listdir("data"))\n    open("data/own.txt", "w").close()\n    return [open("data/" + name).read() for name in names]\n'
  const { planned, write, plan } = await secondTime(body, { 'data/a.csv': '1' })
  expect(planned).toMatchObject({ state: 'cached' })
  write('data/b.csv', '2')
  expect((await plan()).steps[0]).toMatchObject({ state: 'stale', reasons: [{ kind: 'file', name: 'data/' }] })
})
