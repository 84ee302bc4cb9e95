import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { parseDigest } from '../../core/domain/digest.ts'
import { parseExactJson } from '../../core/domain/exact-json.ts'
import type { JsonValue } from '../../core/domain/json.ts'
import type { RecordedPredictions } from '../../core/domain/predictions.ts'
import type { ServedModel } from '../../core/domain/served-model.ts'
import type { Signature } from '../../core/domain/signature.ts'
import { testEnvironment, testRequirements } from './python-environment.ts'

const run = promisify(execFile)
const repository = resolve(import.meta.dirname, '../..')
const script = join(import.meta.dirname, 'make_models.py')

/**
 * flowers: strings, five column types, inputs renamed · strict: refuses unknown levels · boolean: true and false ·
 * drifting: its ONNX is not equal · regressor, transformer: one tensor · whole: 64-bit numbers · odd: NaN and infinities
 */
export type BuiltModelName =
  | 'flowers'
  | 'strict'
  | 'boolean'
  | 'drifting'
  | 'regressor'
  | 'transformer'
  | 'whole'
  | 'odd'

export type BuiltModel = {
  readonly onnxFile: string
  readonly signature: Signature
  readonly predictions: RecordedPredictions
}

/** Real models fitted and exported by scikit-learn and skl2onnx; made once per script and list of packages. */
export async function builtModel(name: BuiltModelName): Promise<BuiltModel> {
  const folder = join(await builtModels(), name)
  const read = async (file: string) => parseExactJson(await readFile(join(folder, file), 'utf8'))
  return {
    onnxFile: join(folder, 'model.onnx'),
    signature: (await read('signature.json')) as Signature,
    predictions: (await read('predictions.json')) as RecordedPredictions,
  }
}

async function builtModels(): Promise<string> {
  const text = await readFile(script, 'utf8')
  const key = createHash('sha256').update(text).update(testRequirements.science.join()).digest('hex').slice(0, 12)
  const folder = join(repository, '.cache', 'test-models', key)
  if (existsSync(folder)) return folder
  const { python } = await testEnvironment('science')
  await mkdir(join(folder, '..'), { recursive: true })
  const made = await mkdtemp(`${folder}.`)
  await run(python, [script, made], { maxBuffer: 64 * 1024 * 1024 })
  await rename(made, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(made, { recursive: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  return folder
}

/** Lays a model folder out as an image holds it. */
export async function writeModelFolder(
  folder: string,
  model: BuiltModel,
  lineage: JsonValue = { nodes: [], edges: [] },
): Promise<ServedModel> {
  const bytes = await readFile(model.onnxFile)
  const onnxDigest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
  const served: ServedModel = {
    format: 1,
    name: 'flowers',
    version: 3,
    digest: parseDigest(`sha256:${'ab'.repeat(32)}`),
    onnxDigest,
    signature: model.signature,
    lineage,
  }
  await mkdir(folder, { recursive: true })
  await cp(model.onnxFile, join(folder, 'model.onnx'))
  await writeFile(join(folder, 'model.json'), JSON.stringify(served))
  return served
}
