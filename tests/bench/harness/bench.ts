import type { Measured } from './measure.ts'

/**
 * One way of doing the work of a case: ours, a peer's, or the bare minimum that the machine allows.
 * The first contender of a case is Slipway: ratios are to it.
 */
export type Contender = {
  readonly name: string
  /** Version and flags: durability (an fsync per commit or a group), threads, cache, compression. */
  readonly about: string
  /** Not a peer but the physical bound: measured in the same rounds, given a row of its own. */
  readonly ceiling?: boolean
  /**
   * For a peer that is orders slower: it does this part of the work (0.1: a tenth of it), and its times are divided by
   * it. `about` says so, and `output` answers for what it did do.
   */
  readonly part?: number
  /** Processes that work for it and that outlive one round (a server, a warm core): their CPU time counts. */
  processes?(): readonly number[]
  /** Untimed, before each round: brings things back to where the work starts. */
  reset?(round: number): Promise<void>
  /** The work, once. What it returns replaces the times taken around it, for work that measures itself. */
  work(round: number): Promise<Measured | undefined>
  /** What the work gave, as JSON; equal for all that have one. Asked after an untimed round, and again at the end. */
  output?(): Promise<unknown>
}

export type Case = {
  readonly name: string
  /** The goal in words, as printed above the table. */
  readonly goal: string
  /** How many times the work is done within one round; figures are per piece. Default 1. */
  readonly pieces?: number
  readonly contenders: readonly Contender[]
}

export type BenchContext = {
  /** Fewer and smaller pieces of work: to see that the bench works, not for claims. */
  readonly quick: boolean
  /** An empty folder, removed afterwards. */
  readonly folder: string
  /** False for a case that was not asked for (--only): what it needs may be left out. */
  wants(caseName: string): boolean
  /** False for a peer that was not asked for (--peers): it need not be prepared, and takes no part. */
  wantsPeer(peer: string): boolean
  /** Cases were chosen by --only: those that a whole run leaves out for their time take part, too. */
  readonly chosen: boolean
  /** A line on stderr. */
  note(line: string): void
}

/** A bench is a module of tests/bench that exports `bench`; `npm run bench -- NAME` finds it by its file's name. */
export type Bench = {
  readonly title: string
  /** Installs peers, makes data. Cases are run one after the other; a case is made when its turn comes. */
  cases(context: BenchContext): AsyncIterable<Case>
}
