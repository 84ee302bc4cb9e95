/** `alone` no other run goes beside it · `together` others that go together may. */
export type TurnKind = 'alone' | 'together'

export type RunTurns = {
  /** True while no run goes or waits. */
  areFree(): boolean
  /**
   * Waits for the run's turn and gives the function that ends it. Runs come in the order in which they asked;
   * `kind` is asked anew whenever the run comes first, since those before it may have taught something.
   */
  take(
    kind: () => Promise<TurnKind>,
    signal: AbortSignal,
  ): Promise<{ readonly kind: TurnKind; readonly end: () => void }>
}

type Waiting = {
  readonly kind: () => Promise<TurnKind>
  readonly signal: AbortSignal
  readonly start: (kind: TurnKind) => void
  readonly refuse: (error: unknown) => void
}

/** Who may run when: runs of one project share its files. */
export function createRunTurns(): RunTurns {
  const waiting: Waiting[] = []
  const running = new Set<{ readonly kind: TurnKind }>()
  let looking = false
  let lookAgain = false

  async function look(): Promise<void> {
    if (looking) {
      lookAgain = true
      return
    }
    looking = true
    do {
      lookAgain = false
      while (waiting[0] && (await admit(waiting[0]))) waiting.shift()
    } while (lookAgain)
    looking = false
  }

  async function admit(first: Waiting): Promise<boolean> {
    if (first.signal.aborted) return true
    if ([...running].some(({ kind }) => kind === 'alone')) return false
    try {
      const kind = await first.kind()
      if (first.signal.aborted) return true
      if (kind === 'alone' && running.size > 0) return false
      first.start(kind)
    } catch (error) {
      first.refuse(error)
    }
    return true
  }

  return {
    areFree: () => running.size === 0 && waiting.length === 0,
    take: (kind, signal) =>
      new Promise((resolve, reject) => {
        const abandon = () => {
          reject(signal.reason)
          void look()
        }
        const start = (granted: TurnKind) => {
          signal.removeEventListener('abort', abandon)
          const turn = { kind: granted }
          running.add(turn)
          resolve({
            kind: granted,
            end() {
              running.delete(turn)
              void look()
            },
          })
        }
        if (signal.aborted) return reject(signal.reason)
        signal.addEventListener('abort', abandon, { once: true })
        waiting.push({ kind, signal, start, refuse: reject })
        void look()
      }),
  }
}
