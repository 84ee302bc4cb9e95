import { closeSync, readFileSync, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { exactJson, parseExactJson } from '../domain/exact-json.ts'
import { parseSignature } from '../domain/served-model.ts'
import { loadOnnxSession } from '../serving/onnx-session.ts'
import { createPredictor } from '../serving/predictor.ts'
import { Refusal } from '../serving/refusal.ts'
import { concatenateRows, sliceRows, type Tensor } from '../serving/tensor.ts'
import { memoryCapWords, type WorkerAnswer, type WorkerRequest } from './model-worker-protocol.ts'
import { readOnnxFile } from './onnx-file.ts'

/**
 * The model worker's process: one request on stdin, one answer on descriptor 3, then its end.
 * It may crash, hang or swell; whoever started it lives on.
 */
const rowsAtOnce = 4096

const request = JSON.parse(readFileSync(0, 'utf8')) as WorkerRequest & { readonly memoryBytes: number }
watchOver(request.memoryBytes)
answer(await work(request).catch(describeProblem))

async function work(wanted: WorkerRequest): Promise<WorkerAnswer> {
  const bytes = readFileSync(wanted.file)
  const file = readOnnxFile(bytes)
  const session = await loadOnnxSession(bytes, { threads: 1 })
  if (wanted.kind === 'inspect') return { kind: 'inspected', file }
  const predictor = createPredictor(session, parseSignature(wanted.signature))
  const batch = predictor.pack(parseExactJson(wanted.inputsJson) as Record<string, unknown[]>)
  const parts: (readonly Tensor[])[] = []
  for (let from = 0; from < batch.rows; from += rowsAtOnce) {
    const to = Math.min(batch.rows, from + rowsAtOnce)
    parts.push(
      await predictor.run({ rows: to - from, tensors: batch.tensors.map((tensor) => sliceRows(tensor, from, to)) }),
    )
  }
  const outputs = (parts[0] ?? []).map((_, i) => concatenateRows(parts.map((part) => part[i] as Tensor)))
  return { kind: 'predicted', outputsJson: exactJson(batch.rows === 0 ? {} : predictor.unpack(outputs)) }
}

function describeProblem(error: unknown): WorkerAnswer {
  if (error instanceof Refusal) return { kind: 'refused', reason: error.message }
  if (error instanceof RangeError) return { kind: 'refused', reason: error.message }
  return { kind: 'refused', reason: `the runtime refuses it (${(error as Error).message})` }
}

function answer(value: WorkerAnswer): never {
  const bytes = Buffer.from(JSON.stringify(value))
  for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at)
  closeSync(3)
  process.exit(0)
}

/**
 * A thread of its own, since the runtime may hold this one for as long as it likes. Ends the process when it is too
 * big, and when whoever asked is gone.
 */
function watchOver(memoryBytes: number): void {
  const code = `
    const { workerData } = require('node:worker_threads')
    setInterval(() => {
      const tooBig = process.memoryUsage.rss() > workerData.memoryBytes
      if (!tooBig && process.ppid === workerData.parent) return
      if (tooBig) require('node:fs').writeSync(2, workerData.words)
      process.kill(process.pid, 'SIGKILL')
    }, 20)`
  const workerData = { memoryBytes, parent: process.ppid, words: memoryCapWords }
  new Worker(code, { eval: true, workerData }).unref()
}
