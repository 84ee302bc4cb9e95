import { beforeEach, describe, expect, it } from 'vitest'
import type { OpenedFile } from '../../../core/domain/project.ts'
import {
  editBuffer,
  enterProject,
  isUnsaved,
  markSaved,
  settleConflict,
  takeFile,
  unsavedTexts,
  useBuffers,
} from '../../../renderer/live/buffers.ts'

const file = (text: string): OpenedFile => ({ path: 'pipeline.py', text, digest: `digest of ${text}` })
const buffer = () => useBuffers.getState().buffers['pipeline.py'] as NonNullable<ReturnType<typeof get>>
const get = () => useBuffers.getState().buffers['pipeline.py']

beforeEach(() => {
  enterProject('another', {})
  enterProject('wine', {})
  takeFile(file('one'))
})

describe('a file that is open', () => {
  it('is unsaved from the first edit until it is saved', () => {
    expect(isUnsaved(buffer())).toBe(false)
    editBuffer('pipeline.py', 'two')
    expect(unsavedTexts(useBuffers.getState().buffers)).toEqual({ 'pipeline.py': 'two' })
    markSaved(file('two'))
    expect(isUnsaved(buffer())).toBe(false)
  })

  it('stays unsaved when it was edited while the save was under way', () => {
    editBuffer('pipeline.py', 'two')
    editBuffer('pipeline.py', 'three')
    markSaved(file('two'))
    expect(buffer().text).toBe('three')
    expect(isUnsaved(buffer())).toBe(true)
  })

  it('follows its file while it has no edits', () => {
    takeFile(file('from git'))
    expect(buffer()).toMatchObject({ text: 'from git', conflict: null })
  })

  it('keeps its edits and says so when the file changes under them', () => {
    editBuffer('pipeline.py', 'mine')
    takeFile(file('theirs'))
    expect(buffer()).toMatchObject({ text: 'mine', conflict: file('theirs') })
  })

  it('is no conflict when both sides wrote the same', () => {
    editBuffer('pipeline.py', 'same')
    takeFile(file('same'))
    expect(buffer()).toMatchObject({ text: 'same', conflict: null })
    expect(isUnsaved(buffer())).toBe(false)
  })

  it('takes either side of a conflict, and then saves over the version that was seen', () => {
    editBuffer('pipeline.py', 'mine')
    takeFile(file('theirs'))
    settleConflict('pipeline.py', 'mine')
    expect(buffer()).toMatchObject({ text: 'mine', saved: file('theirs'), conflict: null })
    takeFile(file('theirs again'))
    settleConflict('pipeline.py', 'theirs')
    expect(buffer().text).toBe('theirs again')
    expect(isUnsaved(buffer())).toBe(false)
  })

  it('is forgotten with its project', () => {
    enterProject('churn', {})
    expect(get()).toBeUndefined()
  })
})
