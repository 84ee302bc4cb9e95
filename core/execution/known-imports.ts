import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import type { StepObserved } from './step-protocol.ts'

/**
 * What steps import of installed packages, from one core to the next: so that an interpreter that has just been started
 * can import it at once, and once for all steps. It only saves time: a name that leads nowhere any more is passed over.
 */
export type KnownImports = {
  /** Modules that these steps imported in the environment of that lock, in the order in which they came. */
  of(lock: string, steps: readonly string[]): readonly string[]
  /** Packages that no process can be forked from once they are imported. */
  spoilers(lock: string): readonly string[]
  /** After a step has completed; `save` tells the next core. */
  note(lock: string, step: string, observed: Pick<StepObserved, 'imported' | 'named'>): void
  /** Once for all steps of a run: replacing a file waits for the disk. */
  save(): void
  noteSpoiler(lock: string, name: string): void
  /** An interpreter did not bear what was known: it is learnt anew. */
  forget(lock: string): void
}

const shape = z.object({
  lock: z.string(),
  spoilers: z.array(z.string()),
  /** `named`: what the project's own text imports by name; the oldest step first. */
  steps: z.array(z.tuple([z.string(), z.object({ named: z.array(z.string()), modules: z.array(z.string()) })])),
})
type Step = { readonly named: readonly string[]; readonly modules: readonly string[] }
type Known = { readonly lock: string; spoilers: readonly string[]; readonly steps: Map<string, Step> }

const mostSteps = 500

/** @param file absolute; it may be deleted at any time, and one that is hurt counts as absent */
export function createKnownImports(file: string): KnownImports {
  let known: Known | null = null
  let isSaved = true

  /** What was seen under another lock says nothing of this one. */
  function under(lock: string): Known {
    known ??= read(file)
    if (known?.lock !== lock) known = { lock, spoilers: [], steps: new Map() }
    return known
  }

  return {
    of: (lock, steps) => [...new Set(steps.flatMap((step) => under(lock).steps.get(step)?.modules ?? []))],
    spoilers: (lock) => under(lock).spoilers,
    note(lock, step, { imported = [], named = [] }) {
      const { steps } = under(lock)
      const before = steps.get(step) ?? { named: [], modules: [] }
      // What was imported ahead cannot be told from what is used: without one of its imports a step begins anew.
      const kept = before.named.every((name) => named.includes(name)) ? before.modules : []
      const modules = [...new Set([...kept, ...imported])]
      if (isSame(before, { named, modules })) return
      steps.delete(step)
      steps.set(step, { named, modules })
      for (const oldest of steps.keys()) if (steps.size > mostSteps) steps.delete(oldest)
      isSaved = false
    },
    save() {
      if (isSaved || known === null) return
      isSaved = true
      write(file, known)
    },
    forget(lock) {
      const one = under(lock)
      if (one.steps.size === 0) return
      one.steps.clear()
      write(file, one)
    },
    noteSpoiler(lock, name) {
      const one = under(lock)
      if (one.spoilers.includes(name)) return
      one.spoilers = [...one.spoilers, name]
      write(file, one)
    },
  }
}

function isSame(one: Step, other: Step): boolean {
  return one.modules.length === other.modules.length && one.named.join() === other.named.join()
}

function read(file: string): Known | null {
  try {
    const { lock, spoilers, steps } = shape.parse(JSON.parse(readFileSync(file, 'utf8')))
    return { lock, spoilers, steps: new Map(steps) }
  } catch {
    return null
  }
}

/** Where nothing can be written nothing is known the next time. */
function write(file: string, { lock, spoilers, steps }: Known): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify({ lock, spoilers, steps: [...steps] }), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch {}
}
