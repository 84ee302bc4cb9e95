import { describeBytes } from './describe-bytes.ts'
import type { RecordsShrunk, SpaceAmount, SpaceFreed } from './space.ts'

export function describeAmount({ count, bytes }: SpaceAmount): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'thing' : 'things'} (${describeBytes(bytes)})`
}

export function describeDeletedRuns(count: number): string {
  return `${count.toLocaleString('en')} deleted ${count === 1 ? 'run' : 'runs'}`
}

export function addAmounts(...amounts: readonly SpaceAmount[]): SpaceAmount {
  return amounts.reduce((a, b) => ({ count: a.count + b.count, bytes: a.bytes + b.bytes }), { count: 0, bytes: 0 })
}

/** What was done, a sentence for each part; what stays is last. */
export function describeFreed(freed: SpaceFreed): readonly string[] {
  const { moved, logs, ended, runs, restored, records, emptied, freeBytes } = freed
  const did = [
    !emptied &&
      moved.count > 0 &&
      `${describeAmount(moved)} moved to the trash, where it can be taken back for 30 days and takes its space until then.`,
    !emptied && logs.count > 0 && `${describeAmount(logs)} of output that no run shows any more moved to the trash.`,
    runs > 0 && `${describeDeletedRuns(runs)} went for good.`,
    ended.count > 0 && `${describeAmount(ended)} ended.`,
    restored.count > 0 && `${describeAmount(restored)} taken back out of the trash: a record counts on it.`,
    records !== null && describeRecords(records),
  ].filter((text) => typeof text === 'string')
  const first = did.length === 0 ? ['Nothing was to be given back.'] : did
  return [...first, `${describeBytes(freeBytes)} are free on the disk.`]
}

function describeRecords(records: RecordsShrunk): string {
  const size = describeBytes(records.bytes)
  if (records.state === 'shrunk') return `The file of the records is ${size} smaller.`
  return records.why === 'noRoom'
    ? `${size} of the file of the records are free for new ones: to make it smaller takes more room than the disk has.`
    : `${size} of the file of the records are free for new ones: it was in use, and is made smaller another time.`
}
