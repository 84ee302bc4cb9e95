import type { Digest } from '../domain/digest.ts'
import type { StepRunRow } from './run-rows.ts'

/** What a page shows at once; the whole log is the blob that `logDigest` names. */
const longestText = 1024 * 1024
const longestSearch = 10_000

type LogReading = {
  readonly readText: (digest: Digest) => Promise<string>
  readonly liveLog: (stepRunId: string) => string | null
  readonly withTitles: boolean
}

/** The output of steps, one after the other; of a very long one its beginning and its end, with the cut marked. */
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
    const text = whole.length > room ? cutMiddle(whole, room) : whole
    if (!withTitles) texts.push(text)
    else if (text !== '') texts.push(`── ${row.step} ──\n${text.endsWith('\n') ? text : `${text}\n`}`)
  }
  return { text: texts.join(''), truncated }
}

/** A quarter of the room for the beginning, the rest for the end; at line ends where these are near. */
function cutMiddle(text: string, room: number): string {
  const head = Math.floor(room / 4)
  const start = text.length - (room - head)
  const lineEnd = text.lastIndexOf('\n', head)
  const lineStart = text.indexOf('\n', start) + 1
  const before = lineEnd > head - longestSearch ? text.slice(0, lineEnd) : text.slice(0, head)
  const after = lineStart > 0 && lineStart < start + longestSearch ? text.slice(lineStart) : text.slice(start)
  const omitted = text.length - before.length - after.length
  return `${before}\n… ${omitted} characters are not shown here; the kept log has them …\n${after}`
}
