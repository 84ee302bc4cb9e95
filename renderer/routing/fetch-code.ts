const restsMs = [100, 500, 2_000]

/**
 * A part of the page that is fetched when it is first needed. Tries again before it gives up: a browser drops what it
 * is fetching whenever a network of the computer comes or goes, and a container that starts is enough for that.
 */
export async function fetchCode<Part>(load: () => Promise<Part>): Promise<Part> {
  for (const ms of restsMs) {
    try {
      return await load()
    } catch {
      await new Promise((settle) => setTimeout(settle, ms))
    }
  }
  return load()
}

type Told<Part> = Promise<Part> & { status?: string; value?: Part; reason?: unknown }

const kept = new Map<() => Promise<unknown>, Told<unknown>>()

/**
 * A part that is fetched once and says of itself that it has come, in the words of React's `use`: that draws it at
 * once. Of a promise that says nothing it would draw first that something is loading, and then leave that on screen
 * for 300 ms at least. What failed is kept while that is shown, and fetched again from another address.
 */
export function keepCode<Part>(load: () => Promise<Part>): Promise<Part> {
  const known = kept.get(load)
  if (known) return known as Promise<Part>
  const code: Told<Part> = fetchCode(load)
  kept.set(load, code)
  code.status = 'pending'
  code.then(
    (value) => Object.assign(code, { status: 'fulfilled', value }),
    (reason: unknown) => {
      Object.assign(code, { status: 'rejected', reason })
      window.addEventListener('hashchange', () => kept.delete(load), { once: true })
    },
  )
  return code
}
