import * as z from 'zod'
import { effectKinds } from '../domain/observation.ts'
import { isMetrics } from './metric-frame.ts'
import type { StepMessage } from './step-protocol.ts'

const name = z.string().min(1).max(4096)
const text = z.string()
const summary = z.record(z.string(), z.json())
const kinds = [
  'table',
  'array',
  'json',
  'text',
  'bytes',
  'figure',
  'file',
  'folder',
  'model',
  'pickle',
  'entries',
  'predictions',
] as const

const frame = z.object({
  file: text,
  line: z.number().int(),
  function: text,
  code: text.nullable(),
  isUser: z.boolean(),
})

const stepMessage = z.discriminatedUnion('event', [
  z.object({ event: z.literal('started'), python: text, platform: z.record(z.string(), text) }),
  z.object({ event: z.literal('phase'), phase: z.enum(['importing', 'loading', 'running', 'storing']) }),
  z.object({ event: z.literal('param'), key: name, value: z.json() }),
  z.object({
    event: z.literal('output'),
    role: z.enum(['output', 'logged', 'predictions']),
    name,
    kind: z.enum(kinds),
    mediaType: name,
    file: text.nullable(),
    parts: z.array(z.object({ name, mediaType: name, file: text })),
    pythonType: text,
    runsCodeWhenLoaded: z.boolean(),
    summary,
    of: z.union([z.object({ input: text }), z.object({ output: text })]).optional(),
  }),
  z.object({
    event: z.literal('observed'),
    filesRead: z.array(text),
    filesWritten: z.array(text),
    foldersListed: z.array(text).optional(),
    pathsTested: z.array(z.object({ path: text, found: z.enum(['file', 'folder']).nullable() })).optional(),
    outsideReads: z.array(text).optional(),
    outsideWrites: z.array(text),
    ownWrites: z.array(text).optional(),
    packageFiles: z.array(z.object({ name: text, file: text })),
    modules: z.array(text),
    moduleDigests: z.record(z.string(), text).optional(),
    packages: z.array(z.object({ name: text, version: text })),
    imported: z.array(text).optional(),
    named: z.array(text).optional(),
    variables: z.array(z.object({ name: text, value: text.nullable() })),
    network: z.boolean(),
    effects: z.array(z.object({ kind: z.enum(effectKinds), name: text, where: text.nullable() })).optional(),
    peakMemoryBytes: z.number().nullable(),
  }),
  z.object({
    event: z.literal('failed'),
    failure: z.object({
      kind: z.enum(['exception', 'exited', 'killed', 'outOfMemory', 'timeLimit', 'output', 'interrupted', 'input']),
      message: text,
      remedy: text,
      exceptionType: text.nullable(),
      frames: z.array(frame),
    }),
  }),
  z.object({ event: z.literal('done') }),
])

/** Refuses what is not a message of the protocol: user code shares the process and may write anything. */
export function parseStepMessage(value: unknown): StepMessage {
  if (isMetrics(value)) return value
  const parsed = stepMessage.safeParse(value)
  if (parsed.success) return parsed.data as StepMessage
  const issue = parsed.error.issues[0]
  throw new TypeError(`${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'unknown'}`)
}
