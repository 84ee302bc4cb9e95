import { parentPort } from 'node:worker_threads'
import { chunkFile, cutPart, packRanges } from './chunk-file.ts'
import type { LookRequest, Refusal, Work, WorkProgress, WorkRequest, WorkResult } from './file-work.ts'
import { gatherFiles } from './gather-files.ts'
import { fromColumns } from './gathered-columns.ts'
import { explainSource, WorkRefused } from './read-hashed.ts'
import { takeParts } from './seen-files.ts'
import { takeFile } from './take-file.ts'

/** A thread of the file pool. It only looks at and reads the files that it is given, and only writes into the staging folder. */

const port = parentPort
if (port === null) throw new Error('the file worker runs as a thread of core')
const progressBytes = 32 * 1024 * 1024

port.on('message', (request: WorkRequest | LookRequest) => {
  if ('seen' in request) return takeParts(request.seen)
  const { id, work, stop } = request
  const stopped = new Int32Array(stop)
  let unsaid = 0
  const onBytes = (bytes: number) => {
    if (Atomics.load(stopped, 0) !== 0) throw new WorkRefused({ reason: 'stopped' })
    unsaid += bytes
    if (unsaid < progressBytes) return
    port.postMessage({ id, bytes: unsaid } satisfies WorkProgress)
    unsaid = 0
  }
  void answer(work, onBytes).then((results) => port.postMessage({ id, results }))
})

async function answer(work: Work, onBytes: (bytes: number) => void): Promise<readonly WorkResult[]> {
  switch (work.kind) {
    case 'take': {
      const results: WorkResult[] = []
      for (const file of work.files) results.push(await takeFile(file, work.staging, onBytes).catch(toRefusal))
      return results
    }
    case 'gather':
      return [await gatherFiles(fromColumns(work.files), work.staging, work.known, onBytes).catch(toRefusal)]
    case 'chunk':
      return [await chunkFile(work.file, work.chunking, work.older, onBytes).catch(toRefusal)]
    case 'cut':
      return [await cutPart(work.part, work.chunking, onBytes).catch(toRefusal)]
    case 'pack':
      return [await packRanges(work.file, work.ranges, work.staging, onBytes).catch(toRefusal)]
  }
}

function toRefusal(error: unknown): Refusal {
  const explained = explainSource(error)
  if (explained instanceof WorkRefused) return { refused: explained.refusal }
  throw explained
}
