import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../domain/failure.ts'
import type { LayerName } from '../domain/image.ts'
import { canonicalJson } from '../domain/json.ts'
import { modelFolderFiles, type ServedModel } from '../domain/served-model.ts'
import { type Elf, readElf } from './elf.ts'
import { type FileContent, fromBytes, fromFile, fromProgram } from './file-content.ts'
import { describePlatform, nodeArchitecture, type Platform } from './platform.ts'
import type { TarEntry } from './tar.ts'

/** Where things lie inside an image. Nothing else of Slipway is in it. */
export const imagePaths = {
  node: 'slipway/node',
  server: 'slipway/server.mjs',
  packages: 'slipway/node_modules',
  model: 'slipway/model',
} as const

/** A layer before it is frozen: its files, and a key that names exactly these bytes. */
export type LayerContents = {
  readonly name: LayerName
  readonly entries: readonly TarEntry[]
  /** What people are told is in it. */
  readonly summary: readonly string[]
}

/** What this installation brings along for images. */
export type ImageParts = {
  /** Node for the platform of the image. */
  readonly nodeFile: string
  readonly nodeModulesFolder: string
  readonly servingBundleFile: string
}

const programMode = 0o755
const dataMode = 0o644

/** Node alone: no npm, no shell. @throws images/runtimeMissing, images/platformUnavailable */
export async function runtimeContents(parts: ImageParts, platform: Platform): Promise<LayerContents> {
  const elf = await present(parts.nodeFile, () => readElf(parts.nodeFile))
  refuseOtherProcessor(elf, platform)
  const content = await fromProgram(parts.nodeFile)
  return {
    name: 'runtime',
    entries: [{ kind: 'file', path: imagePaths.node, mode: programMode, content }],
    summary: [`/${imagePaths.node}`],
  }
}

/** The CPU build of ONNX Runtime for the platform, and the JavaScript that calls it. @throws images/runtimeMissing */
export async function dependencyContents(parts: ImageParts, platform: Platform): Promise<LayerContents> {
  const native = `bin/napi-v6/linux/${nodeArchitecture(platform)}`
  const programs = dependencyPrograms(parts, platform)
  const scripts = await Promise.all([
    listScripts(parts.nodeModulesFolder, 'onnxruntime-node', 'dist'),
    listScripts(parts.nodeModulesFolder, 'onnxruntime-common', 'dist/cjs'),
  ])
  const plain = ['onnxruntime-node/package.json', 'onnxruntime-common/package.json', ...scripts.flat()]
  const entries = await Promise.all([
    ...plain.map((path) => toEntry(parts.nodeModulesFolder, path, fromFile)),
    ...programs.map((file) =>
      toEntry(
        parts.nodeModulesFolder,
        `onnxruntime-node/${native}/${file.slice(file.lastIndexOf('/') + 1)}`,
        fromProgram,
      ),
    ),
  ])
  return { name: 'dependencies', entries, summary: ['onnxruntime-node', 'onnxruntime-common'] }
}

/** Every program file whose libraries the base has to bring. */
export function dependencyPrograms(parts: ImageParts, platform: Platform): readonly string[] {
  const folder = join(parts.nodeModulesFolder, 'onnxruntime-node/bin/napi-v6/linux', nodeArchitecture(platform))
  return [join(folder, 'libonnxruntime.so.1'), join(folder, 'onnxruntime_binding.node')]
}

export function modelContents(model: ServedModel, onnx: FileContent): LayerContents {
  const path = (name: string) => `${imagePaths.model}/${name}`
  return {
    name: 'model',
    entries: [
      { kind: 'file', path: path(modelFolderFiles.model), mode: dataMode, content: onnx },
      {
        kind: 'file',
        path: path(modelFolderFiles.description),
        mode: dataMode,
        content: fromBytes(canonicalJson(model)),
      },
    ],
    summary: [`${model.name}@${model.version}`, modelFolderFiles.model, modelFolderFiles.description],
  }
}

/** @throws images/runtimeMissing */
export async function appContents(parts: ImageParts): Promise<LayerContents> {
  const content = await present(parts.servingBundleFile, () => fromFile(parts.servingBundleFile))
  return {
    name: 'app',
    entries: [{ kind: 'file', path: imagePaths.server, mode: dataMode, content }],
    summary: [`/${imagePaths.server}`],
  }
}

/** Identity of what a layer will hold, before it is written: two layers of one key have the same bytes. */
export async function keyOfContents(
  contents: Pick<LayerContents, 'entries'>,
  formats: readonly string[],
): Promise<string> {
  const entries = await Promise.all(
    contents.entries.map(async (entry) =>
      entry.kind === 'file'
        ? { kind: entry.kind, path: entry.path, mode: entry.mode, digest: await entry.content.digest() }
        : { ...entry },
    ),
  )
  return createHash('sha256').update(canonicalJson({ entries, formats })).digest('hex')
}

function refuseOtherProcessor(elf: Elf | null, platform: Platform): void {
  if (elf?.architecture === platform.architecture) return
  throw fail('images/platformUnavailable', {
    platform: describePlatform(platform),
    available: elf ? `linux/${elf.architecture}` : 'no Linux files',
  })
}

async function listScripts(folder: string, name: string, under: string): Promise<readonly string[]> {
  const found = await present(join(name, under), () => readdir(join(folder, name, under), { recursive: true }))
  return found
    .map((file) => `${name}/${under}/${file.replaceAll('\\', '/')}`)
    .filter((path) => /\.(js|json)$/.test(path))
    .sort()
}

async function toEntry(folder: string, path: string, take: (file: string) => Promise<FileContent>): Promise<TarEntry> {
  const content = await present(path, () => take(join(folder, path)))
  return { kind: 'file', path: `${imagePaths.packages}/${path}`, mode: dataMode, content }
}

async function present<Value>(what: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read()
  } catch (cause) {
    throw fail('images/runtimeMissing', { what: what.split('/').slice(-3).join('/') }, { cause })
  }
}
