import { type Buffer, isUnsaved, useBuffers } from './buffers.ts'

/** What was typed and not saved outlives a crash of the window and a reload: it is kept this long after each edit. */
const restMs = 500

type Kept = Pick<Buffer, 'path' | 'text' | 'saved'>

/** Keeps the unsaved texts of the open project in the window's own storage from now on. Gives what stops it. */
export function keepBuffers(storage: Storage = localStorage): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const write = () => {
    const { project, buffers } = useBuffers.getState()
    if (project === null) return
    const kept: Kept[] = Object.values(buffers)
      .filter(isUnsaved)
      .map(({ path, text, saved }) => ({ path, text, saved }))
    try {
      if (kept.length === 0) storage.removeItem(nameOf(project))
      else storage.setItem(nameOf(project), JSON.stringify(kept))
    } catch {
      // The storage is full: the texts stay in the window, and saving them works as ever.
    }
  }
  const stop = useBuffers.subscribe((now, before) => {
    if (now.project !== before.project) return
    clearTimeout(timer)
    timer = setTimeout(write, restMs)
  })
  return () => {
    stop()
    clearTimeout(timer)
    write()
  }
}

/** The texts that were left unsaved, each with the file that it was an edit of. */
export function readKeptBuffers(project: string, storage: Storage = localStorage): Readonly<Record<string, Buffer>> {
  try {
    const kept: readonly Kept[] = JSON.parse(storage.getItem(nameOf(project)) ?? '[]')
    return Object.fromEntries(kept.filter(isKept).map((one) => [one.path, { ...one, conflict: null }]))
  } catch {
    return {}
  }
}

function isKept(value: Kept): boolean {
  return [value?.path, value?.text, value?.saved?.text, value?.saved?.digest].every((part) => typeof part === 'string')
}

function nameOf(project: string): string {
  return `slipway.unsaved.${project}`
}
