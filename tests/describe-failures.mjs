import { stripVTControlCharacters } from 'node:util'

const maxLines = 12
const maxWidth = 300

/**
 * What failed, for the end of what is printed: of a long record often only the end is kept.
 * @param {string} title over all
 * @param {readonly import('./read-reports.mjs').Failure[]} failures
 * @returns {string} a line a failure and the head of its message under it; empty where nothing failed
 */
export function describeFailures(title, failures) {
  const lines = failures.flatMap(([name, message]) => {
    const all = stripVTControlCharacters(message)
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.includes('/node_modules/'))
    const head = all.slice(0, maxLines).map((line) => `    ${line.slice(0, maxWidth)}`)
    return [`  ${name}`, ...head, ...(all.length > maxLines ? [`    … ${all.length - maxLines} more lines`] : [])]
  })
  return lines.length > 0 ? `\n${title}:\n${lines.join('\n')}\n` : ''
}
