/** Something that keeps data: the folder `data` of a project of its own. */
export type Keeper = {
  readonly name: string
  /** Version and flags, and what it promises about durability and links. */
  readonly about: string
  /** The data that it keeps, as the user has it. */
  readonly data: string
  /** Where its stored bytes lie. */
  readonly stored: string
  /** Nothing kept, everything set up; the data is not there. */
  clear(): Promise<void>
  /** Keeps the present state of the data. */
  add(): Promise<void>
  /** Gives back what it keeps, in a folder whose files can be compared. */
  restore(): Promise<string>
  /** Thousands of files take it minutes. */
  readonly isSlowWithMany?: boolean
  processes?(): readonly number[]
  close?(): Promise<void>
}

export type KeeperUse = { readonly folder: string; note(line: string): void }
