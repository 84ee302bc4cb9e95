import { statSync } from 'node:fs'
import type { KernelRequest } from './kernel.ts'
import type { StepProcess } from './step-process.ts'
import type { ForkedProcess, WarmInterpreter } from './warm-interpreter.ts'

/**
 * Children of a warm interpreter that were forked before anybody needed them, as soon as steps run: forking and
 * putting a process into a control group takes longer than a small step.
 */
export type SpareProcesses = {
  /** Null when the interpreter has none to give. */
  take(request: KernelRequest): Promise<StepProcess | null>
  /** They lack what the interpreter has imported since. */
  renew(): void
  /** How many processes wait. */
  readonly count: number
  dismiss(): void
}

type Spare = { readonly process: ForkedProcess; readonly project: string; readonly stamp: string }

export function createSpareProcesses(interpreter: WarmInterpreter, wanted: number): SpareProcesses {
  let spares: readonly Spare[] = []
  let coming = 0
  let ended = false

  async function fill(project: string): Promise<void> {
    while (!ended && interpreter.usable && spares.length + coming < wanted) {
      coming++
      const stamp = folderStamp(project)
      const process = await interpreter.fork(project, null)
      coming--
      if (process === null) return
      if (ended) process.dismiss()
      else spares = [...spares, { process, project, stamp }]
    }
  }

  function dismiss(some: readonly Spare[]): void {
    spares = spares.filter((spare) => !some.includes(spare))
    for (const { process } of some) process.dismiss()
  }

  return {
    async take(request) {
      const { projectFolder, module } = request.request
      const stamp = folderStamp(projectFolder)
      // A module that was added since may have the name of one that was imported ahead.
      dismiss(
        spares.filter((spare) => !spare.process.alive || spare.project !== projectFolder || spare.stamp !== stamp),
      )
      const [spare, ...others] = spares
      spares = others
      const process = spare?.process ?? (await interpreter.fork(projectFolder, module))
      void fill(projectFolder)
      return process?.become(request) ?? null
    },
    renew() {
      const [spare] = spares
      dismiss(spares)
      if (spare) void fill(spare.project)
    },
    get count() {
      return spares.length
    },
    dismiss() {
      ended = true
      dismiss(spares)
    },
  }
}

/** Changes when something is added to the folder, or taken out of it. */
function folderStamp(folder: string): string {
  const facts = statSync(folder, { bigint: true, throwIfNoEntry: false })
  return facts ? `${facts.ino} ${facts.mtimeNs} ${facts.ctimeNs}` : ''
}
