import { useEffect, useRef } from 'react'
import { create } from 'zustand'
import { defaultShortcuts } from './keymap.ts'

/** Anything a person can do, known by its id to buttons, the palette, the keyboard and the native menu. */
export type Command = {
  readonly id: string
  /** Verb first: "Run stale steps". */
  readonly title: string
  /** What it is about, dimmed in the palette: "Build", "Step train". */
  readonly context?: string | undefined
  /** Other words that people look for. */
  readonly keywords?: readonly string[] | undefined
  /** Why it cannot be done now; null or absent when it can. A command is explained, never hidden. */
  readonly disabled?: string | null | undefined
  readonly run: () => void
}

type Registry = { readonly commands: ReadonlyMap<string, Command>; readonly recent: readonly string[] }

export const useRegistry = create<Registry>(() => ({ commands: new Map(), recent: [] }))

/** Offers commands while the component is on screen. The newest `run` is always the one that is called. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands)
  latest.current = commands
  const shape = JSON.stringify(commands)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` says all that the palette shows of the commands
  useEffect(() => {
    const offered = latest.current.map((command, index) => ({
      ...command,
      run: () => latest.current[index]?.run(),
    }))
    useRegistry.setState(({ commands }) => ({
      commands: new Map([...commands, ...offered.map((command) => [command.id, command] as const)]),
    }))
    return () =>
      useRegistry.setState(({ commands }) => ({
        commands: new Map([...commands].filter(([id, command]) => !offered.some((o) => o.id === id && o === command))),
      }))
  }, [shape])
}

/** Runs a command by its id; false when nobody offers it or it cannot be done now. */
export function runCommand(id: string): boolean {
  const command = useRegistry.getState().commands.get(id)
  if (!command || command.disabled) return false
  useRegistry.setState(({ recent }) => ({ recent: [id, ...recent.filter((other) => other !== id)].slice(0, 8) }))
  command.run()
  return true
}

export function useCommand(id: string): Command | undefined {
  return useRegistry(({ commands }) => commands.get(id))
}

export function shortcutsOf(id: string): readonly string[] {
  return defaultShortcuts[id] ?? []
}
