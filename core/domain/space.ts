import type { Digest } from './digest.ts'

/** What lies in the trash ends after this long, and not before unless somebody says so. */
export const trashRestMs = 30 * 86_400_000
/** Usually what is not needed has to be this old to go: younger bytes may be somebody's work that is not recorded yet. */
export const unusedRestMs = 86_400_000

export type SpaceAmount = { readonly count: number; readonly bytes: number }

/** What takes space in `.slipway`. */
export type SpaceUse =
  | 'runs'
  | 'data'
  | 'images'
  | 'unused'
  | 'trash'
  | 'records'
  | 'logs'
  | 'environment'
  | 'pastEnvironments'
  | 'temporary'

/** Where space went and what can be given back; nothing is changed to know it. Bytes are as they lie on the disk. */
export type SpaceSurvey = {
  readonly uses: readonly ({ readonly use: SpaceUse } & SpaceAmount)[]
  readonly olderThanMs: number
  /** Nothing leads to it, and it is old enough: it would go to the trash now. */
  readonly unused: SpaceAmount
  /** The largest of those. */
  readonly largest: readonly { readonly digest: Digest; readonly bytes: number; readonly storedAt: string }[]
  /** Nothing leads to it, and it is too young to go. */
  readonly young: SpaceAmount
  /** Small files that nothing needs, in a pack that goes only as a whole. */
  readonly besideOthers: SpaceAmount
  /** In the trash: what would end now, and what rests until its time is over. */
  readonly ending: SpaceAmount
  readonly resting: SpaceAmount
  /** Output of step runs that nothing leads to any more, old enough to go to the trash now. */
  readonly logs: SpaceAmount
  /** Runs that were deleted, and those of them that would go for good now: their bytes are needed until then. */
  readonly deletedRuns: { readonly count: number; readonly ending: number }
  /** When the next of what rests ends, at the next clearing after that. */
  readonly nextEndAt: string | null
  /** Names in the trash that Slipway did not put there: never touched. */
  readonly strangers: readonly string[]
  /** Left on the disk, for whoever works here. */
  readonly freeBytes: number
}

export type SpaceRequest = {
  readonly olderThanMs?: number | undefined
  /** Ends all that is in the trash and all deleted runs now, however short they lie there. */
  readonly emptyTrash?: boolean | undefined
}

/**
 * What became of the file of the records, of which a large part was free: given back to the disk; left, since another
 * program held it or the disk had no room for the copy that is made of it; null where little is free.
 */
export type RecordsShrunk =
  | { readonly state: 'shrunk'; readonly bytes: number }
  | { readonly state: 'kept'; readonly bytes: number; readonly why: 'busy' | 'noRoom' }

/** What was done. `moved` lies in the trash, where it takes the same space until it ends. */
export type SpaceFreed = {
  readonly moved: SpaceAmount
  readonly ended: SpaceAmount
  /** Deleted runs that went for good. */
  readonly runs: number
  /** Taken out of the trash again, because a record counts on it or on a part of it; it lay there before. */
  readonly restored: SpaceAmount
  /** Output of step runs that nothing leads to any more, moved to the trash. */
  readonly logs: SpaceAmount
  readonly records: RecordsShrunk | null
  /** What was moved ended at once, with all the trash. */
  readonly emptied: boolean
  readonly freeBytes: number
}

/** In words, what the bytes are. Total, so that a new use cannot be forgotten. */
export const spaceUseWords: Readonly<Record<SpaceUse, string>> = {
  runs: 'What runs gave and were made of',
  data: 'Kept data files',
  images: 'Images, their bases and models',
  unused: 'Needed by nothing',
  trash: 'Trash',
  records: 'Records and their backups',
  logs: 'Logs that are not stored yet',
  environment: 'The environment',
  pastEnvironments: 'Environments of past runs',
  temporary: 'Unfinished work',
}
