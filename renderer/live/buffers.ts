import { create } from 'zustand'
import type { OpenedFile } from '../../core/domain/project.ts'

/** A file that is open in the editor: the text as it stands there and the file it came from. */
export type Buffer = {
  readonly path: string
  readonly text: string
  /** The file as last read or written; its digest guards the next save. */
  readonly saved: OpenedFile
  /** Set when the file changed on disk while the buffer was unsaved. */
  readonly conflict: OpenedFile | null
}

type Buffers = { readonly project: string | null; readonly buffers: Readonly<Record<string, Buffer>> }

/** Unsaved text survives a change of area and a lost connection: it lives here, not in the editor. */
export const useBuffers = create<Buffers>(() => ({ project: null, buffers: {} }))

/** Buffers belong to one project; opening another starts with what was left unsaved there. */
export function enterProject(project: string, kept: Readonly<Record<string, Buffer>>): void {
  if (useBuffers.getState().project !== project) useBuffers.setState({ project, buffers: kept })
}

export function editBuffer(path: string, text: string): void {
  change(path, (buffer) => ({ ...buffer, text }))
}

/** Takes in the file as it is on disk now: a clean buffer follows it, an unsaved one keeps its text and conflicts. */
export function takeFile(file: OpenedFile): void {
  const known = useBuffers.getState().buffers[file.path]
  if (known?.saved.digest === file.digest) return
  const isClean = !known || !isUnsaved(known) || known.text === file.text
  put(isClean ? { path: file.path, text: file.text, saved: file, conflict: null } : { ...known, conflict: file })
}

/** After a save: what was typed meanwhile stays unsaved. */
export function markSaved(file: OpenedFile): void {
  change(file.path, (buffer) => ({ ...buffer, saved: file, conflict: null }))
}

/** Ends a conflict: `mine` keeps the text, to be saved over the file; `theirs` takes the file. */
export function settleConflict(path: string, choice: 'mine' | 'theirs'): void {
  change(path, (buffer) => {
    if (!buffer.conflict) return buffer
    const { conflict } = buffer
    return { ...buffer, text: choice === 'theirs' ? conflict.text : buffer.text, saved: conflict, conflict: null }
  })
}

export function dropBuffer(path: string): void {
  useBuffers.setState(({ buffers }) => {
    const { [path]: _, ...rest } = buffers
    return { buffers: rest }
  })
}

export function isUnsaved(buffer: Buffer): boolean {
  return buffer.text !== buffer.saved.text
}

/** Path → text of what is not saved, as the pipeline query takes it. */
export function unsavedTexts(buffers: Readonly<Record<string, Buffer>>): Readonly<Record<string, string>> {
  const unsaved = Object.values(buffers).filter(isUnsaved)
  return Object.fromEntries(unsaved.map((buffer) => [buffer.path, buffer.text]))
}

function put(buffer: Buffer): void {
  useBuffers.setState(({ buffers }) => ({ buffers: { ...buffers, [buffer.path]: buffer } }))
}

function change(path: string, next: (buffer: Buffer) => Buffer): void {
  const buffer = useBuffers.getState().buffers[path]
  if (buffer) put(next(buffer))
}
