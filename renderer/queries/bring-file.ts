import { useMutation } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import type { JobProgress } from '../../core/domain/job.ts'
import { type ProjectClient, useProjectConnection } from '../clients/connections.tsx'
import { untilJobEnds } from '../live/until-job-ends.ts'
import { useJob } from '../live/use-jobs.ts'

/** What is to be brought: where it lies, or its bytes where only the browser can read them. */
type Source = { readonly name: string } & (
  | { readonly from: string; readonly bytes: null }
  | { readonly from: null; readonly bytes: File }
)

/** So much of the file is in memory at a time. */
const pieceBytes = 1024 * 1024

/** Copies a file into the project; `job` or `sent` tell how far it is, `stop` ends it and leaves nothing of it. */
export function useBringFile() {
  const connection = useProjectConnection()
  const [jobId, setJobId] = useState<string | null>(null)
  const [sent, setSent] = useState<JobProgress | null>(null)
  const ends = useRef<AbortController | null>(null)
  const mutation = useMutation({
    async mutationFn({ file, to }: { readonly file: Source; readonly to: string }) {
      const client = connection.client()
      const end = new AbortController()
      ends.current = end
      try {
        if (file.bytes !== null) return await upload(client, file.bytes, to, end.signal, setSent)
        const job = await client.data.bring({ from: file.from, to })
        setJobId(job.id)
        end.signal.addEventListener('abort', () => void client.jobs.cancel({ id: job.id }).catch(() => undefined))
        return await untilJobEnds(job, end.signal)
      } finally {
        setSent(null)
        ends.current = null
      }
    },
  })
  const stop = useCallback(() => ends.current?.abort(), [])
  return { ...mutation, job: useJob(jobId), sent, stop }
}

async function upload(
  client: ProjectClient,
  file: File,
  to: string,
  signal: AbortSignal,
  tell: (progress: JobProgress) => void,
): Promise<unknown> {
  const { upload: id } = await client.data.openUpload({ to, sizeBytes: file.size })
  try {
    for (let offset = 0; offset < file.size; offset += pieceBytes) {
      signal.throwIfAborted()
      tell({ phase: 'Copying', done: offset, total: file.size, unit: 'bytes', fact: file.name })
      const base64 = await toBase64(file.slice(offset, offset + pieceBytes))
      await client.data.writeUpload({ upload: id, offset, base64 })
    }
    signal.throwIfAborted()
    return await client.data.finishUpload({ upload: id })
  } catch (error) {
    await client.data.dropUpload({ upload: id }).catch(() => undefined)
    throw error
  }
}

/** @throws NotReadableError where the file was changed or taken away since it was given */
function toBase64(piece: Blob): Promise<string> {
  const reader = new FileReader()
  return new Promise((done, refuse) => {
    reader.onload = () => done(String(reader.result).slice(String(reader.result).indexOf(',') + 1))
    reader.onerror = () => refuse(reader.error)
    reader.readAsDataURL(piece)
  })
}
