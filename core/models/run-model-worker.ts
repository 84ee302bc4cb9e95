import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { type ExactValue, exactJson, parseExactJson } from '../domain/exact-json.ts'
import { fail } from '../domain/failure.ts'
import type { Signature } from '../domain/signature.ts'
import { memoryCapWords, type WorkerAnswer, type WorkerRequest } from './model-worker-protocol.ts'
import type { OnnxFile } from './onnx-file.ts'

export type ModelOutputs = { readonly [output: string]: readonly ExactValue[] }

/** Runs models in processes that may be lost. Files are absolute paths of blobs. */
export type ModelWorker = {
  /** @throws models/onnxRefused, models/runtimeCrashed, models/runtimeTooSlow, models/runtimeTooBig */
  inspect(file: string): Promise<OnnxFile>
  /** Answers by output name of the signature, one entry per row. Throws as `inspect` does. */
  predict(
    file: string,
    signature: Signature,
    inputs: { readonly [name: string]: readonly ExactValue[] },
  ): Promise<ModelOutputs>
}

export type ModelWorkerOptions = {
  /** The worker's entry: model-worker.ts, or the bundle made of it. */
  readonly entryFile: string
  /** A Node that runs it. */
  readonly nodePath: string
  readonly timeoutMs?: number
  readonly memoryBytes?: number
}

const usualTimeoutMs = 120_000
const usualMemoryBytes = 4 * 1024 ** 3
const longestAnswerBytes = 1024 ** 3

export function createModelWorker(options: ModelWorkerOptions): ModelWorker {
  return {
    async inspect(file) {
      const answer = await ask(options, { kind: 'inspect', file })
      if (answer.kind === 'inspected') return answer.file
      throw toFailure(answer)
    },
    async predict(file, signature, inputs) {
      const answer = await ask(options, { kind: 'predict', file, signature, inputsJson: exactJson(inputs) })
      if (answer.kind === 'predicted') return parseExactJson(answer.outputsJson) as ModelOutputs
      throw toFailure(answer)
    },
  }
}

function toFailure(answer: WorkerAnswer) {
  return fail('models/onnxRefused', { reason: answer.kind === 'refused' ? answer.reason : 'the worker misspoke' })
}

async function ask(options: ModelWorkerOptions, request: WorkerRequest): Promise<WorkerAnswer> {
  const timeoutMs = options.timeoutMs ?? usualTimeoutMs
  const memoryBytes = options.memoryBytes ?? usualMemoryBytes
  const child = spawn(options.nodePath, ['--max-old-space-size=4096', options.entryFile], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
    windowsHide: true,
  })
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, timeoutMs)
  try {
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ code, signal }))
    })
    const stdin = child.stdin as Writable
    stdin.on('error', () => {
      // It ended before it read the request; how it ended says why.
    })
    stdin.end(JSON.stringify({ ...request, memoryBytes }))
    const answered = readAll(child.stdio[3] as Readable, longestAnswerBytes)
    const said = readAll(child.stderr as Readable, 64 * 1024)
    const { code, signal } = await ended
    const text = await answered
    if (code === 0 && text !== '') return JSON.parse(text) as WorkerAnswer
    const words = await said
    if (timedOut) throw fail('models/runtimeTooSlow', { timeoutMs })
    if (words.includes(memoryCapWords)) throw fail('models/runtimeTooBig', { memoryBytes })
    throw fail('models/runtimeCrashed', { how: signal ?? `exit code ${code}`, words: words.trim().slice(-500) })
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

/** Keeps at most `most` bytes and reads on, so that the child never waits for its reader. */
async function readAll(stream: Readable, most: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (size < most) chunks.push(chunk)
      size += chunk.length
    }
  } catch {
    // A pipe that breaks holds what came before it broke.
  }
  return Buffer.concat(chunks).toString('utf8')
}
