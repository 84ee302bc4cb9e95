import type { ProjectClient } from '../clients/connections.tsx'
import { isFailureCode } from '../clients/described-error.ts'
import { isUnsaved, markSaved, takeFile, useBuffers } from './buffers.ts'

/** Writes one buffer to its file. False when the file had changed meanwhile: then the buffer carries the conflict. */
export async function saveBuffer(client: ProjectClient, path: string): Promise<boolean> {
  const buffer = useBuffers.getState().buffers[path]
  if (!buffer || !isUnsaved(buffer)) return true
  if (buffer.conflict) return false
  try {
    markSaved(await client.project.writeFile({ path, text: buffer.text, digest: buffer.saved.digest }))
    return true
  } catch (error) {
    if (!isFailureCode(error, 'project/fileChanged')) throw error
    takeFile(await client.project.readFile({ path }))
    return false
  }
}

/** Saves everything that is unsaved. Gives the path that could not be, or null. */
export async function saveAll(client: ProjectClient): Promise<string | null> {
  for (const buffer of Object.values(useBuffers.getState().buffers)) {
    if (!(await saveBuffer(client, buffer.path))) return buffer.path
  }
  return null
}
