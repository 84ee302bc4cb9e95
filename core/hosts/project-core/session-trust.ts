import type { Project } from '../../domain/project.ts'
import type { OpenedProject } from '../../project/opened-project.ts'

export type TrustableProject = OpenedProject & {
  /** Trust until this core ends; nothing is written. */
  trustForNow(): Project
  endTrustForNow(): void
}

/** Adds trust that is not remembered, for `--trust` on one call. */
export function withSessionTrust(project: OpenedProject): TrustableProject {
  let trustedForNow = false
  const get = (): Project => {
    const found = project.get()
    return trustedForNow ? { ...found, trusted: true } : found
  }
  return {
    ...project,
    get,
    trustForNow() {
      trustedForNow = true
      return get()
    },
    endTrustForNow() {
      trustedForNow = false
    },
    assertTrusted() {
      if (!trustedForNow) project.assertTrusted()
    },
  }
}
