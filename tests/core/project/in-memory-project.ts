import { createModuleReader } from '../../../core/project/module-facts.ts'
import { parsePipeline } from '../../../core/project/parse-pipeline.ts'
import { openProjectModules } from '../../../core/project/project-modules.ts'
import { loadPythonSyntax } from '../../../core/project/python-syntax.ts'
import { describeStepSource } from '../../../core/project/step-source.ts'

export type Files = Readonly<Record<string, string>>

const reader = createModuleReader(await loadPythonSyntax())

/** The pipeline of modules given as text; every module that is not a helper named `lib…` holds steps. */
export function pipelineOf(
  files: Files,
  modules = Object.keys(files).filter((path) => !/(^|\/)(lib|__init__)/.test(path)),
) {
  return parsePipeline({
    reader,
    readText: (path) => files[path] ?? null,
    modules,
    locateModule: () => ({ module: 'slipway.toml', line: 2, column: 1, endLine: 2, endColumn: 1 }),
  })
}

export function sourceOf(files: Files, step: string, module = 'pipeline.py') {
  return describeStepSource(
    openProjectModules(reader, (path) => files[path] ?? null),
    module,
    step,
  )
}
