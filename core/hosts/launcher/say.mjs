import process from 'node:process'

/**
 * Progress for people, on stderr so that stdout stays the answer's. On a terminal a line that moves; elsewhere a line
 * when something begins and one when it ends, with a sign of life in between.
 * @param {{ quiet?: boolean }} [options]
 */
export function createProgress({ quiet = false } = {}) {
  const live = process.stderr.isTTY === true && !quiet
  const write = (text) => {
    if (!quiet) process.stderr.write(text)
  }
  return {
    note: (line) => write(`${live ? '\r\u001b[K' : ''}${line}\n`),
    /**
     * @template T
     * @param {string} title
     * @param {() => Promise<T>} work
     * @returns {Promise<T>}
     */
    async step(title, work) {
      const startedAt = Date.now()
      const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1)
      if (!live) write(`${title} …\n`)
      const timer = setInterval(
        () => write(live ? `\r\u001b[K${title} … ${seconds()} s` : `${title} … still at it after ${seconds()} s\n`),
        live ? 200 : 15_000,
      )
      try {
        const result = await work()
        write(`${live ? '\r\u001b[K' : ''}${title}: done (${seconds()} s)\n`)
        return result
      } catch (error) {
        write(`${live ? '\r\u001b[K' : ''}${title}: failed after ${seconds()} s\n`)
        throw error
      } finally {
        clearInterval(timer)
      }
    },
  }
}
