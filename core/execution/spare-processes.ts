import { statSync } from 'node:fs'
import type { KernelRequest } from './kernel.ts'
import type { StepProcess } from './step-process.ts'
import type { ForkedProcess, WarmInterpreter } from './warm-interpreter.ts'

/**
 * Children of a warm interpreter that were forked before anybody needed them, as soon as steps run: forking and
 * putting a process into a control group takes longer than a small step.
 */
export type SpareProcesses = {
  /** So many steps are about to come: the processes for the first of them start meanwhile, and none that nobody would need. */
  expect(project: string, steps: number): void
  /** Null when the interpreter has none to give. */
  take(request: KernelRequest): Promise<StepProcess | null>
  /** They lack what the interpreter has imported since. */
  renew(): void
  /** How many processes wait. */
  readonly count: number
  dismiss(): void
}

/**
 * So many at most wait from one run to the next: a step after them finds one that was forked while they ran, and each holds
 * a copy of the memory that a step writes.
 */
const mostAtRest = 2

type Spare = { readonly process: ForkedProcess; readonly project: string; readonly stamp: string }

export function createSpareProcesses(interpreter: WarmInterpreter, wanted: number): SpareProcesses {
  let spares: readonly Spare[] = []
  let coming = 0
  /** Steps that found none ready: each gets one that is coming already, which is sooner than one more. */
  const waiting: ((spare: Spare | null) => void)[] = []
  let ended = false
  /** Steps that are still to come; null when nobody knows. */
  let expected: number | null = null
  /** As many wait for the run after this one, which is likely to be one like it. */
  let atRest = 1
  const most = () => (expected === null ? wanted : Math.min(wanted, expected > 0 ? expected : atRest))

  /** All that are missing at once: what each waits for, it waits for together with the others. */
  function fill(project: string): void {
    while (!ended && interpreter.usable && spares.length + coming - waiting.length < most()) void add(project)
  }

  async function add(project: string): Promise<void> {
    coming++
    const stamp = folderStamp(project)
    const process = await interpreter.fork(project, null)
    coming--
    const spare = process && { process, project, stamp }
    const taker = waiting.shift()
    if (taker) taker(spare)
    else if (ended) process?.dismiss()
    else if (spare) spares = [...spares, spare]
  }

  async function firstToCome(project: string): Promise<Spare | null> {
    if (waiting.length >= coming) return null
    // One that is forked ahead keeps nobody from ending; a step that waits for it does.
    const stay = setInterval(() => undefined, 60_000)
    try {
      return await new Promise((resolve) => {
        waiting.push(resolve)
        fill(project)
      })
    } finally {
      clearInterval(stay)
    }
  }

  function dismiss(some: readonly Spare[]): void {
    spares = spares.filter((spare) => !some.includes(spare))
    for (const { process } of some) process.dismiss()
  }

  return {
    expect(project, steps) {
      expected = steps
      atRest = Math.min(mostAtRest, Math.max(1, steps))
      fill(project)
    },
    async take(request) {
      expected = expected === null || expected === 0 ? null : expected - 1
      const { projectFolder, module } = request.request
      const stamp = folderStamp(projectFolder)
      // A module that was added since may have the name of one that was imported ahead.
      const holds = (spare: Spare) => spare.process.alive && spare.project === projectFolder && spare.stamp === stamp
      dismiss(spares.filter((spare) => !holds(spare)))
      const [ready, ...others] = spares
      spares = others
      const spare = ready ?? (await firstToCome(projectFolder))
      const isRight = spare !== null && holds(spare)
      if (!isRight) spare?.process.dismiss()
      const process = isRight ? spare.process : await interpreter.fork(projectFolder, module)
      const step = process?.become(request) ?? null
      // Those for the next run are forked when the last step has ended: a copy of its memory takes as long as a small step
      // that uses pandas, and processors from it.
      if (expected === 0 && step !== null) void step.exited.then(() => fill(projectFolder))
      else fill(projectFolder)
      return step
    },
    renew() {
      const [spare] = spares
      dismiss(spares)
      if (spare) fill(spare.project)
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
