import { lstatSync, realpathSync } from 'node:fs'
import { basename, isAbsolute, join, sep } from 'node:path'
import { setImmediate as others } from 'node:timers/promises'
import type { ArtifactPart } from '../domain/artifact.ts'
import { type Descriptor, mediaTypes } from '../domain/descriptor.ts'
import { isDigest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Store } from '../store/store.ts'
import type { NewArtifact } from '../tracking/run-records.ts'
import type { StepOutput } from './step-protocol.ts'

/**
 * Moves what a step staged into the store. A composite gets a document that names its parts, whose digest
 * is its identity. Predictions name the model that answered by its digest.
 * @throws execution/outputRefused when it speaks of something that it did not stage
 */
export async function publishOutputs(
  outputs: readonly StepOutput[],
  stagingFolder: string,
  store: Store,
): Promise<readonly NewArtifact[]> {
  const root = realpathSync.native(stagingFolder)
  const published = new Map<string, NewArtifact>()
  let looks = 0
  const files = outputs.flatMap(({ file, parts }) => [file, ...parts.map((part) => part.file)])
  const isShared = (file: string) => files.indexOf(file) !== files.lastIndexOf(file)
  const inOrder = [...outputs].sort((a, b) => Number(a.role === 'predictions') - Number(b.role === 'predictions'))
  for (const output of inOrder) {
    const parts: ArtifactPart[] = []
    for (const part of output.parts)
      parts.push({ name: part.name, descriptor: await publishFile(part.file, part.mediaType) })
    const summary = output.of ? { ...output.summary, model: modelOf(output.of, published) } : output.summary
    const descriptor =
      output.file === null
        ? await store.putBytes(treeDocument(output, parts), mediaTypes.tree)
        : await publishFile(output.file, output.mediaType)
    const { role, name, kind, pythonType, runsCodeWhenLoaded } = output
    // One name, recorded twice, means its last value.
    published.set(`${role} ${name}`, { role, name, kind, descriptor, parts, pythonType, runsCodeWhenLoaded, summary })
  }
  return [...published.values()]

  async function publishFile(file: string, mediaType: string): Promise<Descriptor> {
    const path = isAbsolute(file) ? file : join(stagingFolder, file)
    if (++looks % mostLooksAtOnce === 0) await others()
    if (!isFileInside(path, root)) throw refuse(`the file ${JSON.stringify(basename(file))} is not one that it staged`)
    // One value under two names may be one file; it is copied then, so that the second finds it.
    return store.putFile(path, mediaType, { move: !isShared(file) })
  }
}

/** A look at our own folder is shorter than handing it to another thread, as long as there are few. */
const mostLooksAtOnce = 64

function isFileInside(path: string, root: string): boolean {
  try {
    return lstatSync(path).isFile() && realpathSync.native(path).startsWith(root + sep)
  } catch {
    return false
  }
}

function modelOf(of: NonNullable<StepOutput['of']>, published: ReadonlyMap<string, NewArtifact>): string {
  if ('input' in of) {
    if (isDigest(of.input)) return of.input
    throw refuse(`it recorded predictions of ${JSON.stringify(of.input)}, which is no model`)
  }
  const model = published.get(`output ${of.output}`) ?? published.get(`logged ${of.output}`)
  if (model) return model.descriptor.digest
  throw refuse(`it recorded predictions of ${JSON.stringify(of.output)}, which it did not give`)
}

function refuse(problem: string) {
  return fail('execution/outputRefused', { problem })
}

function treeDocument(output: StepOutput, parts: readonly ArtifactPart[]): string {
  return canonicalJson({
    kind: output.kind,
    parts: parts.map(({ name, descriptor }) => ({ name, ...descriptor })),
    summary: output.summary,
  })
}
