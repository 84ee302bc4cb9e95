const ends: (() => unknown)[] = []

/**
 * Called once the tests of the file are through, however they ended, what was given last before the others; where none
 * runs, when the process ends. A test that fails reaches no line of its own that would tidy up.
 */
export function atEnd(end: () => unknown): void {
  ends.push(end)
}

if ('__vitest_worker__' in globalThis) {
  const { afterAll } = await import('vitest')
  // The worker itself is ended by force: it hears of no `exit`.
  afterAll(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
} else
  process.on('exit', () => {
    for (const end of ends.splice(0).reverse()) end()
  })
