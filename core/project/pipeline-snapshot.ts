import { describeFailure, type fail, isFailure } from '../domain/failure.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { Pipeline, Problem, SourceSpan } from '../domain/pipeline.ts'
import { findWriteConflicts } from './declared-writes.ts'
import { settingsFileName } from './find-project.ts'
import type { ModuleReader } from './module-facts.ts'
import type { StepSource } from './opened-project.ts'
import { parsePipeline } from './parse-pipeline.ts'
import { openProjectModules, type ReadText } from './project-modules.ts'
import type { ProjectSettings } from './project-settings.ts'
import { locateSetting, parseSettings } from './settings.ts'
import { describeStepSource } from './step-source.ts'

/** The pipeline as one set of texts says it. */
export type PipelineSnapshot = {
  readonly pipeline: Pipeline
  /** The source of a step; null when there is no such step. */
  source(step: string): StepSource | null
  /** True while every text that was looked at, missing ones included, is still what it was. */
  isCurrent(readText: ReadText): boolean
  /** What was looked at so far, by path; null where nothing was found. */
  readonly texts: ReadonlyMap<string, string | null>
}

export function takePipelineSnapshot(reader: ModuleReader, readText: ReadText): PipelineSnapshot {
  const seen = new Map<string, string | null>()
  const read: ReadText = (path) => {
    const text = seen.get(path)
    if (text !== undefined) return text
    const found = readText(path)
    seen.set(path, found)
    return found
  }
  const pipeline = readPipeline(reader, read)
  const modules = openProjectModules(reader, read)
  const sources = new Map<string, StepSource>()
  const source = (name: string) => {
    const kept = sources.get(name)
    if (kept) return kept
    const step = pipeline.steps.find((one) => one.name === name)
    if (!step) return null
    const described = describeStepSource(modules, step.module, name)
    sources.set(name, described)
    return described
  }
  return snapshotOf(pipeline, source, seen)
}

export function snapshotOf(
  pipeline: Pipeline,
  source: PipelineSnapshot['source'],
  texts: PipelineSnapshot['texts'],
): PipelineSnapshot {
  return { pipeline, source, texts, isCurrent: (now) => [...texts].every(([path, text]) => now(path) === text) }
}

function readPipeline(reader: ModuleReader, readText: ReadText): Pipeline {
  const text = readText(settingsFileName) ?? ''
  let settings: ProjectSettings
  try {
    settings = parseSettings(text)
  } catch (error) {
    if (!isFailure(error, 'project/settingsInvalid')) throw error
    return { steps: [], edges: [], problems: [toSettingsProblem(error)] }
  }
  const parsed = parsePipeline({
    reader,
    readText,
    modules: settings.pipeline,
    locateModule: (module) => spanInSettings(text, ['pipeline', settings.pipeline.indexOf(module)]),
  })
  const names = parsed.steps.map((step) => step.name)
  return {
    ...parsed,
    problems: [
      ...parsed.problems,
      ...findUnknownStepSettings(text, settings, parsed),
      ...findWriteConflicts(settings, names, (path) => spanInSettings(text, path)),
    ],
  }
}

function spanInSettings(text: string, path: readonly (string | number)[]): SourceSpan {
  const { line, column, start, end } = locateSetting(text, path)
  return { module: settingsFileName, line, column, endLine: line, endColumn: column + Math.max(0, end - start) }
}

function toSettingsProblem(error: ReturnType<typeof fail<'project/settingsInvalid'>>): Problem {
  const { line, column, problem } = error.details
  return {
    kind: 'configuration',
    severity: 'error',
    message: `${problem}.`,
    remedy: describeFailure(error).remedy,
    span: { module: settingsFileName, line, column, endLine: line, endColumn: column },
  }
}

/** [steps.NAME] of a step that is not there is likely a misspelling; it stops nothing. */
function findUnknownStepSettings(text: string, settings: ProjectSettings, pipeline: Pipeline): readonly Problem[] {
  const names = pipeline.steps.map((step) => step.name)
  return Object.keys(settings.steps)
    .filter((name) => !names.includes(name))
    .map((name): Problem => {
      const nearest = nearestName(name, names)
      return {
        kind: 'configuration',
        severity: 'warning',
        message: `[steps.${name}] is about no step of this project.`,
        remedy: nearest ? `Did you mean [steps.${nearest}]?` : 'Remove it, or write the step.',
        span: spanInSettings(text, ['steps', name]),
      }
    })
}
