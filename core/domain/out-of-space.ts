/** EDQUOT of Linux and of the BSDs (macOS among them): Node has no name for it and says "Unknown system error -122". */
const overQuota: readonly unknown[] = [-122, -69]

/** Whether the system refused for want of room: the disk is full, or its user has had their share of it. */
export function isOutOfSpace(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { readonly code?: unknown; readonly errno?: unknown }
  return code === 'ENOSPC' || code === 'EDQUOT' || overQuota.includes(errno)
}
