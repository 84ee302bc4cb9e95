import type { DescribedFailure } from '../domain/failure.ts'

/** A failure that was put into words where it happened (a job, a recorded run, another core) and is passed on whole. */
export class DescribedError extends Error {
  readonly described: DescribedFailure
  constructor(described: DescribedFailure) {
    super(described.message)
    this.name = 'DescribedError'
    this.described = described
  }
}
