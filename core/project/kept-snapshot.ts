import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { Pipeline } from '../domain/pipeline.ts'
import type { StepSource } from './opened-project.ts'
import { type PipelineSnapshot, snapshotOf } from './pipeline-snapshot.ts'
import type { ReadText } from './project-modules.ts'
import { defaultSyntaxFiles } from './python-syntax.ts'

/** As it lies on disk, below a line with its digest. */
type Kept = {
  /** The code that read the project, as the disk sees it. */
  readonly reader: string
  /** Every text that was looked at, by its digest; null where there was none. */
  readonly texts: readonly (readonly [path: string, digest: string | null])[]
  readonly pipeline: Pipeline
  readonly sources: readonly (readonly [step: string, source: StepSource])[]
}

const mostBytes = 16 * 1024 * 1024

/**
 * What the last core read of the project, as long as every text that it looked at is what it was and the same code
 * would read them: parsing a hundred steps takes longer than all else of a command that finds nothing to do.
 * Null where anything differs, or the file is hurt.
 * @param file absolute; it may be deleted at any time
 */
export function readKeptSnapshot(file: string, readText: ReadText): PipelineSnapshot | null {
  const kept = read(file)
  if (kept?.reader !== describeReader()) return null
  const texts = new Map<string, string | null>()
  for (const [path, digest] of kept.texts) {
    const text = readText(path)
    if ((text === null ? null : digestOf(text)) !== digest) return null
    texts.set(path, text)
  }
  const sources = new Map(kept.sources)
  return snapshotOf(kept.pipeline, (step) => sources.get(step) ?? null, texts)
}

/** Where nothing can be written, or a value would not come back as it is, the next core reads the project itself. */
export function keepSnapshot(file: string, { pipeline, source, texts }: PipelineSnapshot): void {
  const names = [...new Set(pipeline.steps.map(({ name }) => name))]
  const sources = names.flatMap((name) => {
    const found = source(name)
    return found ? [[name, found] as const] : []
  })
  // Describing a source looks at modules, so the texts are all there only now.
  const seen = [...texts].map(([path, text]) => [path, text === null ? null : digestOf(text)] as const)
  const kept: Kept = { reader: describeReader(), texts: seen, pipeline, sources }
  const body = JSON.stringify(kept)
  if (body.length > mostBytes || !isDeepStrictEqual(JSON.parse(body), kept)) return
  try {
    if (!lstatSync(dirname(file)).isDirectory()) return
    writeFileSync(`${file}.new`, `${digestOf(body)}\n${body}`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch {}
}

function read(file: string): Kept | null {
  try {
    const text = readFileSync(file, 'utf8')
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    return text.slice(0, end) === digestOf(body) ? JSON.parse(body) : null
  } catch {
    return null
  }
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** In a bundle this code is one file, named by imports of the rest; in the source it is two folders. */
function describeReader(): string {
  const here = fileURLToPath(import.meta.url)
  const { engine, grammar } = defaultSyntaxFiles()
  const folders = [dirname(here), join(dirname(here), '..', 'domain')]
  const code = here.endsWith('.ts') ? folders.flatMap(listFiles) : [here]
  return [...code, engine, grammar].map(stampOf).join('\n')
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .sort()
}

function stampOf(file: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
  return [file, dev, ino, size, mtimeNs, ctimeNs].join(' ')
}
