import { randomUUID } from 'node:crypto'
import { fail } from '../domain/failure.ts'
import type { Image, Serving } from '../domain/image.ts'
import type { JsonValue } from '../domain/json.ts'
import { describeCause } from './http-exchange.ts'
import { askDoor, type ServingDoor } from './serving-door.ts'

export type Servings = {
  /** Takes a ready server over: watches its health and its log until it ends. */
  add(image: Image, door: ServingDoor): Serving
  list(): readonly Serving[]
  watch(emit: (servings: readonly Serving[]) => void): () => void
  stop(id: string): Promise<void>
  tryPredict(id: string, body: JsonValue): Promise<{ status: number; body: JsonValue; durationMs: number }>
  close(): Promise<void>
}

const keptLines = 200
const healthEveryMs = 2_000
const announceEveryMs = 100

type Entry = { serving: Serving; readonly door: ServingDoor; readonly timer: NodeJS.Timeout }

/** What is served right now. A serving that ended stays listed as stopped until another one takes its place. */
export function createServings(now: () => Date): Servings {
  const entries = new Map<string, Entry>()
  const watchers = new Set<(servings: readonly Serving[]) => void>()
  let announcing: NodeJS.Timeout | null = null

  const list = () => [...entries.values()].map(({ serving }) => serving)

  function announce(): void {
    announcing ??= setTimeout(() => {
      announcing = null
      for (const emit of watchers) emit(list())
    }, announceEveryMs)
  }

  function change(id: string, changed: Partial<Serving>): void {
    const entry = entries.get(id)
    if (!entry) return
    entry.serving = { ...entry.serving, ...changed }
    announce()
  }

  function find(id: string): Entry {
    const entry = entries.get(id)
    if (!entry) throw fail('images/servingNotFound', { id })
    return entry
  }

  async function checkHealth(id: string): Promise<void> {
    const entry = entries.get(id)
    if (!entry || entry.serving.state === 'stopped') return
    const answer = await askDoor(entry.door.url, '/readyz', { silenceMs: healthEveryMs }).catch(() => null)
    const state = answer?.status === 200 ? 'healthy' : 'unhealthy'
    const { state: before } = entries.get(id)?.serving ?? entry.serving
    if (before !== 'stopped' && before !== state) change(id, { state })
  }

  return {
    list,
    add(image, door) {
      for (const [id, { serving }] of entries) if (serving.state === 'stopped') entries.delete(id)
      const id = randomUUID()
      const serving: Serving = {
        id,
        manifestDigest: image.manifestDigest,
        model: `${image.model.name}@${image.model.version}`,
        url: door.url,
        engine: door.engine,
        container: door.container,
        state: 'healthy',
        startedAt: now().toISOString(),
        log: [],
      }
      const timer = setInterval(() => void checkHealth(id), healthEveryMs)
      timer.unref()
      entries.set(id, { serving, door, timer })
      door.follow((line) => change(id, { log: [...(entries.get(id)?.serving.log ?? []), line].slice(-keptLines) }))
      void door.ended.then(() => {
        clearInterval(timer)
        change(id, { state: 'stopped' })
      })
      announce()
      return serving
    },
    watch(emit) {
      watchers.add(emit)
      emit(list())
      return () => watchers.delete(emit)
    },
    async stop(id) {
      const { door, timer } = find(id)
      clearInterval(timer)
      await door.stop()
      entries.delete(id)
      announce()
    },
    async tryPredict(id, body) {
      const { door, serving } = find(id)
      const startedAt = performance.now()
      const answer = await askDoor(door.url, '/predict', { body: JSON.stringify(body) }).catch((cause) => {
        const log = serving.log.slice(-3).join(' ')
        throw fail('images/servingFailed', { model: serving.model, reason: describeCause(cause), log }, { cause })
      })
      return { status: answer.status, body: toJson(answer.text), durationMs: performance.now() - startedAt }
    },
    async close() {
      if (announcing) clearTimeout(announcing)
      await Promise.all(
        [...entries.values()].map(({ door, timer }) => {
          clearInterval(timer)
          return door.stop()
        }),
      )
      entries.clear()
    },
  }
}

function toJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}
