import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex, Readable, Writable } from 'node:stream'
import * as z from 'zod'
import { findProcess } from '../tracking/process-identity.ts'
import { encodeFrame } from './frames.ts'
import type { KernelRequest } from './kernel.ts'
import { stepRunVariable } from './process-tree.ts'
import { createStepGroup } from './step-group.ts'
import { hasStreams, whenExited } from './step-process.ts'
import { roomForMarker, type WarmInterpreter } from './warm-interpreter.ts'

const toldShape = z.object({ imported: z.array(z.string()), compiled: z.array(z.string()) })
type PooledChild = ChildProcess & { stdout: Readable; stderr: Readable }

/**
 * Where processes cannot be forked: each is started by itself before it is needed, imports what earlier steps imported,
 * and waits. One serves one step. Looks to the outside like the interpreter that forks.
 */
export function startPooledInterpreter({
  pythonPath,
  environment,
}: Pick<KernelRequest, 'pythonPath' | 'environment'>): WarmInterpreter {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pool-'))
  const imported = new Set<string>()
  /** For those that wait: the first to be asked for imports only what its own step does. */
  const ahead = new Set<string>()
  /** Of steps that ran, by project. */
  const modules = new Map<string, Set<string>>()
  const living = new Set<PooledChild>()
  const taken = new Set<PooledChild>()
  let usable = true
  let count = 0

  function learn(report: string): void {
    try {
      const told = toldShape.parse(JSON.parse(readFileSync(report, 'utf8')))
      for (const name of told.imported) imported.add(name)
      rmSync(report, { force: true })
    } catch {
      // It ended before it could tell.
    }
  }

  function ended(child: PooledChild, report: string): void {
    living.delete(child)
    taken.delete(child)
    learn(report)
    if (!usable && living.size === 0) rmSync(folder, { recursive: true, force: true })
  }

  return {
    importAhead(_project, names) {
      for (const name of names) ahead.add(name)
    },
    get usable() {
      return usable
    },
    get active() {
      return taken.size
    },
    retire() {
      usable = false
      if (living.size === 0) rmSync(folder, { recursive: true, force: true })
    },
    async fork(project, module) {
      if (!usable) return null
      const told = modules.get(project) ?? new Set()
      modules.set(project, told)
      if (module !== null) told.add(module)
      const report = join(folder, String(count++))
      const child = spawn(pythonPath, ['-m', 'slipway.runner', '--pooled', report], {
        cwd: folder,
        env: { ...environment, [stepRunVariable]: roomForMarker },
        detached: true,
        windowsHide: true,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      }) as PooledChild
      if (!hasStreams(child)) return null
      const exited = whenExited(child)
      const { pid } = child
      if (pid === undefined || findProcess(pid) === null) return null
      living.add(child)
      void exited.then(() => ended(child, report))
      const [lifeline, messages] = [child.stdio[3] as Writable, child.stdio[4] as Duplex]
      const streams = [child.stdout, child.stderr, lifeline, messages] as unknown as Socket[]
      messages.on('error', () => undefined)
      const known = new Set([...(module === null ? ahead : []), ...imported])
      messages.write(encodeFrame({ project, imported: [...known], modules: [...told] }))
      const hold = (act: 'ref' | 'unref') => {
        child[act]()
        for (const stream of streams) stream[act]?.()
      }
      if (module === null) hold('unref')
      const group = await createStepGroup(pid)
      const dismiss = () => {
        for (const stream of streams) stream.destroy()
        void exited.then(() => group?.remove())
      }
      return {
        get alive() {
          return usable && living.has(child)
        },
        dismiss,
        become({ stepRunId, request }) {
          hold('ref')
          taken.add(child)
          told.add(request.module)
          messages.write(encodeFrame({ marker: stepRunId, folder: request.scratchFolder }))
          return { pid, stdout: child.stdout, stderr: child.stderr, lifeline, messages, exited, group }
        },
      }
    },
  }
}
