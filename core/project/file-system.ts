import { statfsSync } from 'node:fs'

/** By the magic numbers of statfs(2) on Linux. FUSE may be anything, from a synchronised folder to a far computer. */
const sharedFileSystems: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'SMB',
  4266872130: 'SMB',
  16914839: '9P',
  1702057286: 'FUSE',
  1397113167: 'AFS',
  12805120: 'Ceph',
  198183888: 'Lustre',
  1196443219: 'GPFS',
  428016422: 'BeeGFS',
  18225520: 'GFS2',
  1952539503: 'OCFS2',
}

/**
 * The name of the file system when a folder lies on one that other computers may share, or that keeps its promises
 * by way of another program; null for a disk of this computer, and where the system does not tell.
 */
export function findSharedFileSystem(folder: string): string | null {
  if (process.platform !== 'linux') return null
  try {
    return sharedFileSystems[statfsSync(folder).type >>> 0] ?? null
  } catch {
    return null
  }
}

/** What a person should know of a project there; null when there is nothing to know. */
export function describeSharedFolder(folder: string): string | null {
  const name = findSharedFileSystem(folder)
  if (name === null) return null
  return `Its folder lies on a shared file system (${name}). What is recorded there is only as safe as that system keeps its word about writes; open it on one computer at a time, and best keep it on a disk of this one.`
}
