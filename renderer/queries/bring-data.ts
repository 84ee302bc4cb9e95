import { useMutation } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import type { JobProgress } from '../../core/domain/job.ts'
import { type ProjectClient, useProjectConnection } from '../clients/connections.tsx'
import { untilJobEnds } from '../live/until-job-ends.ts'
import { useJob } from '../live/use-jobs.ts'

type SentFile = { readonly path: string; readonly bytes: File }

/** What is to be brought: where it lies, or the bytes of its files where only the browser can read them. */
type Source = { readonly isFolder: boolean } & (
  | { readonly from: readonly string[]; readonly files: null }
  | { readonly from: null; readonly files: readonly SentFile[] }
)

/** So much of a file is in memory at a time. */
const pieceBytes = 1024 * 1024

/** Copies a file, several or a folder into the project; `job` or `sent` tell how far it is, `stop` ends it and leaves nothing of it. */
export function useBringData() {
  const connection = useProjectConnection()
  const [jobId, setJobId] = useState<string | null>(null)
  const [sent, setSent] = useState<JobProgress | null>(null)
  const ends = useRef<AbortController | null>(null)
  const mutation = useMutation({
    async mutationFn({ data, to }: { readonly data: Source; readonly to: string }) {
      const client = connection.client()
      const end = new AbortController()
      ends.current = end
      try {
        if (data.files !== null) return await upload(client, data, to, end.signal, setSent)
        const job = await client.data.bring({ from: [...data.from], to })
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
  { files, isFolder }: Source & { readonly files: readonly SentFile[] },
  to: string,
  signal: AbortSignal,
  tell: (progress: JobProgress) => void,
): Promise<unknown> {
  const total = files.reduce((sum, { bytes }) => sum + bytes.size, 0)
  const { upload: id } = await client.data.openUpload({ to, sizeBytes: total, isFolder })
  let done = 0
  try {
    for (const { path, bytes } of files) {
      // An empty file has one piece, too: with the first it is begun.
      for (let offset = 0; offset === 0 || offset < bytes.size; offset += pieceBytes) {
        signal.throwIfAborted()
        tell({ phase: 'Copying', done: done + offset, total, unit: 'bytes', fact: path })
        const base64 = await toBase64(bytes.slice(offset, offset + pieceBytes))
        await client.data.writeUpload({ upload: id, offset, base64, ...(isFolder ? { file: path } : {}) })
      }
      done += bytes.size
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
