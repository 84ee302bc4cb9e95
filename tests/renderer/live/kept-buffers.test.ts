import { beforeEach, describe, expect, it } from 'vitest'
import { editBuffer, enterProject, markSaved, takeFile, useBuffers } from '../../../renderer/live/buffers.ts'
import { keepBuffers, readKeptBuffers } from '../../../renderer/live/kept-buffers.ts'

const file = (text: string) => ({ path: 'pipeline.py', text, digest: `digest of ${text}` })
let storage: Storage

beforeEach(() => {
  storage = createStorage()
  enterProject('another', {})
  enterProject('wine', {})
})

describe('text that was not saved', () => {
  it('is there again after the window has died', () => {
    const stop = keepBuffers(storage)
    takeFile(file('one'))
    editBuffer('pipeline.py', 'one, edited')
    stop()
    enterProject('another', {})
    enterProject('wine', readKeptBuffers('wine', storage))
    expect(useBuffers.getState().buffers['pipeline.py']).toMatchObject({ text: 'one, edited', saved: file('one') })
  })

  it('meets the file as a conflict when that changed meanwhile', () => {
    const stop = keepBuffers(storage)
    takeFile(file('one'))
    editBuffer('pipeline.py', 'mine')
    stop()
    enterProject('another', {})
    enterProject('wine', readKeptBuffers('wine', storage))
    takeFile(file('theirs'))
    expect(useBuffers.getState().buffers['pipeline.py']).toMatchObject({ text: 'mine', conflict: file('theirs') })
  })

  it('is kept no longer once it is saved', () => {
    const stop = keepBuffers(storage)
    takeFile(file('one'))
    editBuffer('pipeline.py', 'two')
    markSaved(file('two'))
    stop()
    expect(readKeptBuffers('wine', storage)).toEqual({})
    expect(storage).toHaveLength(0)
  })

  it.each(['no json', '{}', '[1, null, {"path": 3}]', '"text"'])('starts empty from a hurt storage: %s', (text) => {
    storage.setItem('slipway.unsaved.wine', text)
    expect(readKeptBuffers('wine', storage)).toEqual({})
  })
})

function createStorage(): Storage {
  const held = new Map<string, string>()
  return {
    get length() {
      return held.size
    },
    clear: () => held.clear(),
    getItem: (key) => held.get(key) ?? null,
    key: (index) => [...held.keys()][index] ?? null,
    removeItem: (key) => void held.delete(key),
    setItem: (key, value) => void held.set(key, value),
  }
}
