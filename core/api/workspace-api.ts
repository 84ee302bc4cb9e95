import * as z from 'zod'
import { command, query, subscription } from '../rpc/procedure.ts'
import type { ProjectCore } from './project-core.ts'

const nothing = z.object({})
const path = z.string().min(1).max(4096)
const size = z.string().min(1).max(50).nullable().optional()

/** The project's folder: what it holds, its text, its environment. */
export function workspaceApi(core: ProjectCore) {
  return {
    project: {
      get: query(nothing, () => core.project.get()),
      trust: command(z.object({ remember: z.boolean().optional() }), ({ remember }) => core.project.trust(remember)),
      pipeline: query(z.object({ buffers: z.record(path, z.string()) }), ({ buffers }) =>
        core.project.pipeline(buffers),
      ),
      datasets: query(nothing, () => core.project.datasets()),
      files: query(nothing, () => core.project.files()),
      readFile: query(z.object({ path }), (input) => core.project.readFile(input.path)),
      writeFile: command(z.object({ path, text: z.string(), digest: z.string().nullable() }), (input) =>
        core.project.writeFile(input.path, input.text, input.digest),
      ),
      recording: query(nothing, () => core.project.recording()),
      changeRecording: command(z.object({ keepFile: size, keepRun: size, keepLog: size }), (change) =>
        core.project.changeRecording(change),
      ),
      watch: subscription(nothing, (_, emit: Parameters<ProjectCore['project']['watch']>[0]) =>
        core.project.watch(emit),
      ),
    },
    core: {
      show: query(nothing, () => core.core.show()),
      stop: command(nothing, () => core.core.stop()),
    },
    environment: {
      status: query(nothing, () => core.environment.status()),
      sync: command(nothing, () => core.environment.sync()),
      kept: query(nothing, () => core.environment.kept()),
      clean: command(z.object({ names: z.array(z.string().min(1).max(200)).optional() }), ({ names }) =>
        core.environment.clean(names),
      ),
    },
  }
}
