import { writeSync } from 'node:fs'
import { describeFailure, isFailure } from '../domain/failure.ts'
import { createChildProcessTransport } from '../rpc/child-process-transport.ts'
import { serveRouter } from '../rpc/server.ts'
import { openSession, type Session } from './duckdb-session.ts'
import { explainProblem } from './explain-problem.ts'
import { createTableReader, type TableReader } from './table-reader.ts'
import { createTableRouter, memoryCapWords, type OpenRequest } from './table-worker-protocol.ts'

/**
 * The process that reads one table: it may crash, hang or swell, and whoever started it lives on. It answers over its
 * line to the core and ends with it.
 */
const request = JSON.parse(process.argv[2] as string) as OpenRequest
/** What the engine may take is its own account; beside it stand this process and what an answer is made of. */
const mostBytes = request.memoryBytes * 1.5 + 512 * 1024 ** 2

setInterval(() => {
  if (process.memoryUsage.rss() < mostBytes) return
  writeSync(2, memoryCapWords)
  process.kill(process.pid, 'SIGKILL')
}, 50).unref()

const session = openSession(request.file, request)
const opened = session.then((open) => createTableReader(open, request))

const transport = createChildProcessTransport(process)
transport.onClose(() => process.exit(0))
let engine: Session | null = null
let reader: TableReader | null = null
session.then(
  (open) => {
    engine = open
  },
  () => undefined,
)
opened.then(
  (open) => {
    reader = open
  },
  // Told to whoever asks for the facts.
  () => undefined,
)
const control = {
  cancel: (ticket: string) => (reader ? reader.cancel(ticket) : engine?.cancel(ticket)),
  progress: () => engine?.progress() ?? null,
}
serveRouter(createTableRouter(opened, control), transport, (error) => {
  const explained = explainProblem(error, request, request)
  return isFailure(explained) ? { ...describeFailure(explained) } : { ...describeFailure(error) }
})
