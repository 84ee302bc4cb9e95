import type { PersistStorage, StorageValue } from 'zustand/middleware'

const paceMs = 300

/**
 * Local storage for layouts: written a moment later, at the latest when the window goes. A write is a whole document
 * to disk, which would hold up the very drawing that it is about. Values are JSON.
 */
export function lateStorage<State>(): PersistStorage<State> {
  const waiting = new Map<string, StorageValue<State>>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const write = () => {
    clearTimeout(timer)
    timer = undefined
    for (const [name, value] of waiting) localStorage.setItem(name, JSON.stringify(value))
    waiting.clear()
  }
  window.addEventListener('pagehide', write)
  return {
    getItem(name) {
      const text = localStorage.getItem(name)
      return waiting.get(name) ?? (text === null ? null : JSON.parse(text))
    },
    setItem(name, value) {
      waiting.set(name, value)
      timer ??= setTimeout(write, paceMs)
    },
    removeItem(name) {
      waiting.delete(name)
      localStorage.removeItem(name)
    },
  }
}
