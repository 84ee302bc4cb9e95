import type { Digest } from '../domain/digest.ts'
import type { StepRunRow } from './run-rows.ts'

/** What a page shows at once; the whole log is the blob that `logDigest` names. */
const longestText = 1024 * 1024

type LogReading = {
  readonly readText: (digest: Digest) => Promise<string>
  readonly liveLog: (stepRunId: string) => string | null
  readonly withTitles: boolean
}

/** The output of steps, one after the other; from a very long one its start is left out. */
export async function readLogs(
  rows: readonly StepRunRow[],
  { readText, liveLog, withTitles }: LogReading,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  const texts: string[] = []
  let truncated = false
  for (const row of rows) {
    const whole = row.log_digest === null ? (liveLog(row.id) ?? '') : await readText(row.log_digest as Digest)
    const room = Math.floor(longestText / rows.length)
    truncated ||= whole.length > room
    const text = whole.length > room ? whole.slice(whole.indexOf('\n', whole.length - room) + 1) : whole
    if (!withTitles) texts.push(text)
    else if (text !== '') texts.push(`── ${row.step} ──\n${text.endsWith('\n') ? text : `${text}\n`}`)
  }
  return { text: texts.join(''), truncated }
}
