import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fail, isFailure } from '../domain/failure.ts'
import type { JsonValue } from '../domain/json.ts'
import { nearestName } from '../domain/nearest-name.ts'
import type { Project } from '../domain/project.ts'
import { editSettings } from './edit-settings.ts'
import { describeSharedFolder } from './file-system.ts'
import { settingsFileName } from './find-project.ts'
import { keepSnapshot, readKeptSnapshot } from './kept-snapshot.ts'
import { createModuleReader, type ModuleReader } from './module-facts.ts'
import type { OpenedProject, ProjectOptions, SettingChange, StepSource } from './opened-project.ts'
import { type PipelineSnapshot, takePipelineSnapshot } from './pipeline-snapshot.ts'
import { listProjectFiles, readProjectFile, writeProjectFile } from './project-files.ts'
import type { ProjectSettings } from './project-settings.ts'
import { loadPythonSyntax } from './python-syntax.ts'
import { parseSettings } from './settings.ts'
import { createTextCache } from './text-cache.ts'
import { isTrusted, trustProject } from './trust.ts'
import { watchProjectFiles } from './watch-project.ts'

const lookForLossMs = 1_000

/** A short stable name for URLs, made from the real path. */
export function projectKey(realFolder: string): string {
  const slug = basename(realFolder)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const hash = createHash('sha256').update(realFolder).digest('hex').slice(0, 8)
  return slug === '' ? hash : `${slug}-${hash}`
}

/**
 * Opens a project folder: reads it and runs nothing of it.
 * @throws project/notFound when there is no slipway.toml in it
 */
export async function createProject({ folder, homeFolder }: ProjectOptions): Promise<OpenedProject> {
  if (!existsSync(join(folder, settingsFileName))) throw fail('project/notFound', { folder: resolve(folder) })
  const realFolder = realpathSync(folder)
  const identity = identityOf(realFolder)
  const caution = describeSharedFolder(realFolder)
  const keptFile = join(realFolder, '.slipway', 'pipeline.json')
  // The parser is loaded when a text has to be parsed: mostly none has.
  let reader: Promise<ModuleReader> | null = null
  const loadReader = () => {
    reader ??= loadPythonSyntax().then(createModuleReader)
    return reader
  }
  const stops = new Set<() => void>()

  /** True while the folder that was opened is still the one at its path. */
  const isThere = () => identity !== null && identityOf(realFolder) === identity
  const assertThere = () => {
    if (!isThere()) throw fail('project/folderGone', { folder: realFolder })
  }
  const readText = createTextCache(realFolder)
  let parsed: { readonly text: string; readonly settings: ProjectSettings } | null = null
  const readSettings = (): ProjectSettings => {
    assertThere()
    // Where there is no text, reading the file says why.
    const text = readText(settingsFileName) ?? readProjectFile(realFolder, settingsFileName).text
    if (parsed?.text !== text) parsed = { text, settings: parseSettings(text) }
    return parsed.settings
  }
  const findReadOnly = (): string | null => {
    if (!isThere()) return 'its folder is gone'
    if (!isWritable(realFolder)) return 'its folder may not be written'
    return readSettingsOr(null)?.readOnly ?? null
  }
  const readSettingsOr = <Fallback>(fallback: Fallback): ProjectSettings | Fallback => {
    try {
      return readSettings()
    } catch (error) {
      if (isFailure(error)) return fallback
      throw error
    }
  }
  const assertWritable = () => {
    assertThere()
    const reason = findReadOnly()
    if (reason) throw fail('project/readOnly', { reason })
  }
  const get = (): Project => ({
    key: projectKey(realFolder),
    name: readSettingsOr(null)?.name ?? basename(realFolder),
    folder: realFolder,
    trusted: isTrusted(homeFolder, realFolder),
    readOnly: findReadOnly(),
    ...(caution !== null && { caution }),
  })
  let latest: PipelineSnapshot | null = null
  let isKept = true
  const snapshot = async (): Promise<PipelineSnapshot> => {
    assertThere()
    if (latest?.isCurrent(readText)) return latest
    const kept = latest === null ? readKeptSnapshot(keptFile, readText) : null
    latest = kept ?? takePipelineSnapshot(await loadReader(), readText)
    isKept = kept !== null
    return latest
  }

  const editAll = (text: string, changes: readonly SettingChange[]) =>
    changes.reduce((edited, { path, value }) => editSettings(edited, path, value), text)

  function changeAll(changes: readonly SettingChange[]): ProjectSettings {
    assertWritable()
    const before = readProjectFile(realFolder, settingsFileName)
    const edited = editAll(before.text, changes)
    writeProjectFile(realFolder, settingsFileName, edited, before.digest)
    return parseSettings(edited)
  }

  return {
    get,
    trust: () => {
      assertThere()
      trustProject(homeFolder, realFolder, new Date().toISOString())
      return get()
    },
    pipeline: async (buffers) => {
      if (Object.keys(buffers).length === 0) return (await snapshot()).pipeline
      assertThere()
      return takePipelineSnapshot(await loadReader(), (path) => buffers[path] ?? readText(path)).pipeline
    },
    datasets: async () => readSettings().datasets,
    files: async () => {
      assertThere()
      return listProjectFiles(realFolder)
    },
    readFile: async (path) => {
      assertThere()
      return readProjectFile(realFolder, path)
    },
    writeFile: async (path, text, digest) => {
      assertWritable()
      return writeProjectFile(realFolder, path, text, digest)
    },
    watch: (emit) => {
      let isGone = false
      const tellLoss = () => {
        const gone = !isThere()
        if (gone !== isGone) emit({ changed: [], gone })
        isGone = gone
      }
      const timer = setInterval(tellLoss, lookForLossMs).unref()
      const stopWatching = watchProjectFiles(
        realFolder,
        (changed) => (isThere() ? emit({ changed, gone: false }) : tellLoss()),
        tellLoss,
      )
      const stop = () => {
        clearInterval(timer)
        stopWatching()
        stops.delete(stop)
      }
      stops.add(stop)
      return stop
    },
    settings: async () => readSettings(),
    changeSettings: async (path: readonly string[], value: JsonValue) => changeAll([{ path, value }]),
    previewSettings: (changes) => parseSettings(editAll(readProjectFile(realFolder, settingsFileName).text, changes)),
    changeAllSettings: async (changes) => changeAll(changes),
    stepSource: async (step) => sourceIn(await snapshot(), step),
    stepSources: async (steps) => {
      const taken = await snapshot()
      return new Map(steps.map((step) => [step, sourceIn(taken, step)]))
    },
    assertTrusted: () => {
      if (!isTrusted(homeFolder, realFolder)) throw fail('project/notTrusted', { folder: realFolder })
    },
    assertWritable,
    close: async () => {
      for (const stop of stops) stop()
      if (latest !== null && !isKept && findReadOnly() === null) keepSnapshot(keptFile, latest)
    },
  }
}

function sourceIn({ pipeline, source }: PipelineSnapshot, step: string): StepSource {
  const found = source(step)
  if (found) return found
  const names = pipeline.steps.map((one) => one.name)
  throw fail('project/stepUnknown', { step, nearest: nearestName(step, names) })
}

/** Device and inode: a folder that was deleted and made again is another one. */
function identityOf(folder: string): string | null {
  const stat = statSync(folder, { throwIfNoEntry: false, bigint: true })
  return stat?.isDirectory() ? `${stat.dev}:${stat.ino}` : null
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
