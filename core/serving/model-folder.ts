import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { modelFolderFiles, parseServedModel, type ServedModel } from '../domain/served-model.ts'
import { loadOnnxSession } from './onnx-session.ts'
import { createPredictor, type Predictor } from './predictor.ts'

export type LoadedModel = { readonly model: ServedModel; readonly predictor: Predictor }

/** Reads `model.json` and `model.onnx`, checks the digest, loads, and answers one empty question to warm up. @throws Error for people */
export async function loadModelFolder(folder: string, threads: number): Promise<LoadedModel> {
  const description = await readPart(folder, modelFolderFiles.description)
  let model: ServedModel
  try {
    model = parseServedModel(JSON.parse(description.toString('utf8')))
  } catch (error) {
    throw new Error(`${modelFolderFiles.description} is not a served model: ${(error as Error).message}`)
  }
  const bytes = await readPart(folder, modelFolderFiles.model)
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  if (found !== model.onnxDigest)
    throw new Error(`${modelFolderFiles.model} is damaged: it hashes to ${found}, expected ${model.onnxDigest}`)
  try {
    return { model, predictor: createPredictor(await loadOnnxSession(bytes, { threads }), model.signature) }
  } catch (error) {
    throw new Error(`${modelFolderFiles.model} does not load: ${(error as Error).message}`)
  }
}

async function readPart(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    throw new Error(`${name} cannot be read from the model folder (${(error as NodeJS.ErrnoException).code})`)
  }
}
