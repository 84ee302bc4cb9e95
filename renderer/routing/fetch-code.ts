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
