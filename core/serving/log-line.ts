export type LogLine = (event: string, facts?: Readonly<Record<string, unknown>>) => void

/** One JSON object per line on stdout. Facts are names, counts and reasons; never a payload. */
export function createLog(write: (line: string) => void, now: () => Date): LogLine {
  return (event, facts = {}) => write(`${JSON.stringify({ at: now().toISOString(), event, ...facts })}\n`)
}
