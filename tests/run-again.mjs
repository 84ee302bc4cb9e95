/** So many files may have failed for a second run: where more do, it was no chance. */
const maxFiles = 3

/**
 * Runs the files that failed once more, with nothing beside them: a test of real processes, disks and browsers may fail by
 * chance where others take the computer from it. What then passes is told as unsteady, by name and with what it said, so
 * that nobody takes it for sound; what fails twice failed.
 * @param {readonly import('./read-reports.mjs').Outcome[]} outcomes of the first run
 * @param {(files: readonly string[]) => Promise<import('./read-reports.mjs').Outcome[]>} run of these files alone
 * @returns {Promise<import('./read-reports.mjs').Outcome[]>}
 */
export async function runAgain(outcomes, run) {
  const failed = outcomes.filter((outcome) => outcome.failed > 0)
  const files = failed.flatMap(({ file }) => (file === undefined ? [] : [file]))
  // A runner that ended badly tells of no file: how far it came is not known.
  if (files.length === 0 || files.length < failed.length || files.length > maxFiles) return [...outcomes]
  const again = await run(files)
  const settled = outcomes.map((outcome) => {
    const second = outcome.failed > 0 ? again.find(({ file }) => file === outcome.file) : undefined
    if (second === undefined) return outcome
    return second.failed === 0 ? { ...second, unsteady: outcome.failures } : second
  })
  return [...settled, ...again.filter(({ file }) => file === undefined)]
}
