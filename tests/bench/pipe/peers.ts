import { join } from 'node:path'
import { runProgram } from '../harness/measure.ts'
import { installPythonPeer, type PythonPeer } from '../harness/peers.ts'
import { type Files, readJson, removeFiles, writeFiles } from './files.ts'
import type { Work } from './work.ts'

/** A peer's project of the work, in a folder of its own. */
export type PeerProject = {
  readonly name: string
  readonly about: string
  /** Nothing but the project and the peer's own settings: the next run is a cold one. */
  clear(): Promise<void>
  setLeaf(param: number): Promise<void>
  run(): Promise<void>
  /** What works for it between runs, and whose CPU time counts. */
  processes?(): readonly number[]
  results(): Promise<unknown>
  /** False for one that runs everything every time: it has no no-op. */
  readonly remembers: boolean
  /** True for one that goes on between runs. */
  readonly staysUp?: boolean
}

export type PeerUse = { readonly folder: string; readonly work: Work; note(line: string): void }

/** The interpreter that runs steps for peers that start one per step: with the packages of the work, nothing else. */
export async function stepPython({ work, note }: PeerUse): Promise<string> {
  return (await installPythonPeer('steps', [...work.requirements], note)).python
}

type Form = {
  readonly name: string
  readonly distribution: string
  readonly packages: readonly string[]
  readonly about: string
  readonly remembers: boolean
  /** What `clear` removes. */
  readonly made: readonly string[]
  files(work: Work, params: Readonly<Record<string, number>>, python: string): Files
  setUp?(peer: PythonPeer, folder: string): Promise<void>
  run(peer: PythonPeer, folder: string): Promise<unknown>
  readonly env?: Readonly<Record<string, string>>
}

export async function openPeer(form: Form, use: PeerUse): Promise<PeerProject> {
  const { work, note } = use
  const folder = join(use.folder, form.name)
  const peer = await installPythonPeer(form.name, form.packages, note)
  const python = await stepPython(use)
  const params = Object.fromEntries(work.steps.map(({ name, param }) => [name, param]))
  const write = () => writeFiles(folder, { ...work.files, ...form.files(work, params, python) })
  await write()
  await form.setUp?.(peer, folder)
  return {
    name: form.name,
    about: `${await peer.versionOf(form.distribution)}; ${form.about}`,
    remembers: form.remembers,
    clear: () => removeFiles(folder, form.made),
    async setLeaf(param) {
      params[work.leaf] = param
      await write()
    },
    run: async () => void (await form.run(peer, folder)),
    results: async () =>
      Object.fromEntries(
        await Promise.all(work.compared.map(async (name) => [name, await readJson(folder, `out/${name}.json`)])),
      ),
  }
}

const outOf = (name: string) => `out/${name}.json`

export const dvc: Form = {
  name: 'dvc',
  distribution: 'dvc',
  packages: ['dvc==3.67.1'],
  about: 'repro -q, no SCM, analytics off, a process per stage, one at a time, run cache on',
  remembers: true,
  made: ['out', 'dvc.lock', '.dvc/cache', '.dvc/tmp'],
  files: (work, params, python) => ({
    'params.yaml': work.steps.map(({ name }) => `${name}: ${params[name]}\n`).join(''),
    'dvc.yaml': `stages:\n${work.steps
      .map(({ name, needs }) =>
        [
          `  ${name}:`,
          `    cmd: ${python} work.py ${name} \${${name}} ${needs.join(' ')}`,
          ...(needs.length > 0 ? ['    deps:', ...needs.map((need) => `    - ${outOf(need)}`)] : []),
          '    params:',
          `    - ${name}`,
          '    outs:',
          `    - ${outOf(name)}`,
        ].join('\n'),
      )
      .join('\n')}\n`,
  }),
  async setUp(peer, folder) {
    const dvc = (...args: string[]) => runProgram(join(peer.bin, 'dvc'), args, { cwd: folder })
    await dvc('init', '--no-scm', '-q', '-f')
    await dvc('config', 'core.analytics', 'false')
    await dvc('config', 'core.check_update', 'false')
  },
  run: (peer, folder) =>
    runProgram(join(peer.bin, 'dvc'), ['repro', '-q'], { cwd: folder, env: { DVC_NO_ANALYTICS: '1' } }),
}

export const kedro: Form = {
  name: 'kedro',
  distribution: 'kedro',
  packages: ['kedro==1.7.0', 'pandas==3.1.1', 'scikit-learn==1.9.1'],
  about: 'SequentialRunner, all nodes in one process, results as files',
  remembers: false,
  made: ['out'],
  files: (work, params) => ({
    'params.json': JSON.stringify({ steps: work.steps, params }),
    'flow.py': `import json, logging, os
logging.disable(logging.CRITICAL)
from kedro.io import AbstractDataset, DataCatalog
from kedro.pipeline import Pipeline, node
from kedro.runner import SequentialRunner
import work

class Result(AbstractDataset):
    def __init__(self, name):
        self.name = name
    def _load(self):
        return work.load(self.name)
    def _save(self, value):
        work.store(self.name, value)
    def _describe(self):
        return {"name": self.name}

def made(name, param):
    return lambda *inputs: work.run(name, param, list(inputs))

os.makedirs("out", exist_ok=True)
given = json.load(open("params.json"))
nodes = [node(made(t["name"], given["params"][t["name"]]), t["needs"] or None, t["name"], name=t["name"] + "_node") for t in given["steps"]]
catalog = DataCatalog({t["name"]: Result(t["name"]) for t in given["steps"]})
SequentialRunner().run(Pipeline(nodes), catalog)
`,
  }),
  run: (peer, folder) =>
    runProgram(peer.python, ['flow.py'], { cwd: folder, env: { KEDRO_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1' } }),
}

export const metaflow: Form = {
  name: 'metaflow',
  distribution: 'metaflow',
  packages: ['metaflow==2.19.39', 'pandas==3.1.1', 'scikit-learn==1.9.1'],
  about: 'local datastore and metadata, two workers, a process per step',
  remembers: false,
  made: ['out', '.metaflow'],
  files: (work, params) => ({
    'flow.py': metaflowSource(work, params),
  }),
  run: (peer, folder) =>
    runProgram(peer.python, ['flow.py', '--quiet', '--no-pylint', 'run', '--max-workers', '2'], {
      cwd: folder,
      env: { METAFLOW_USER: 'bench', METAFLOW_HOME: join(folder, '.home'), USERNAME: 'bench' },
    }),
}

/** Linear for a chain; for a fan-out the first step branches to all others, and a join follows. */
function metaflowSource(work: Work, params: Readonly<Record<string, number>>): string {
  const [first, ...others] = work.steps
  const fansOut = others.length > 1 && others.every(({ needs }) => needs.join() === first?.name)
  const steps = work.steps.map(({ name, needs }, index) => {
    const isStart = index === 0
    const next = fansOut
      ? isStart
        ? others.map((other) => `self.${other.name}`).join(', ')
        : 'self.joined'
      : index + 1 < work.steps.length
        ? `self.${work.steps[index + 1]?.name}`
        : 'self.end'
    return [
      '    @step',
      `    def ${isStart ? 'start' : name}(self):`,
      `        store("${name}", run("${name}", ${params[name]}, [load(n) for n in ${JSON.stringify(needs)}]))`,
      `        self.next(${next})`,
    ].join('\n')
  })
  const joined = fansOut ? '\n    @step\n    def joined(self, inputs):\n        self.next(self.end)\n' : ''
  return `import os
from metaflow import FlowSpec, step
os.makedirs("out", exist_ok=True)
from work import load, run, store

class Flow(FlowSpec):
${steps.join('\n\n')}
${joined}
    @step
    def end(self):
        pass

if __name__ == "__main__":
    Flow()
`
}

export const snakemake: Form = {
  name: 'snakemake',
  distribution: 'snakemake',
  packages: ['snakemake==9.27.1'],
  about: '--cores 2 -q all, a process per rule, reruns by mtime, params and code',
  remembers: true,
  made: ['out', '.snakemake'],
  files: (work, params, python) => ({
    Snakefile: `rule all:\n    input: ${JSON.stringify(work.steps.map(({ name }) => outOf(name)))}\n\n${work.steps
      .map(({ name, needs }) =>
        [
          `rule ${name}:`,
          `    input: ${JSON.stringify(needs.map(outOf))}`,
          `    output: ${JSON.stringify(outOf(name))}`,
          `    params: p=${params[name]}`,
          `    shell: "${python} work.py ${name} {params.p} ${needs.join(' ')}"`,
        ].join('\n'),
      )
      .join('\n\n')}\n`,
  }),
  run: (peer, folder) => runProgram(join(peer.bin, 'snakemake'), ['--cores', '2', '-q', 'all'], { cwd: folder }),
}

export const ninja: Form = {
  name: 'ninja',
  distribution: 'ninja',
  packages: ['ninja==1.13.2'],
  about: '-j2, a process per edge, by mtime and command line: no digests, nothing recorded',
  remembers: true,
  made: ['out', '.ninja_log', '.ninja_deps'],
  files: (work, params, python) => ({
    'build.ninja': `${work.steps
      .map(
        ({ name, needs }) =>
          `rule ${name}\n  command = ${python} work.py ${name} ${params[name]} ${needs.join(' ')}\n` +
          `build ${outOf(name)}: ${name} ${needs.map(outOf).join(' ')}\n`,
      )
      .join('\n')}`,
  }),
  run: (peer, folder) => runProgram(join(peer.bin, 'ninja'), ['-j', '2', '--quiet'], { cwd: folder }),
}
