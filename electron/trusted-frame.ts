import type { WebFrameMain } from 'electron'
import { isOwnPage } from './permissions.ts'

/** Only the top frame of one of our own pages may speak; a missing frame or an empty address is refused. */
export function isTrustedFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(frame.url)
}
