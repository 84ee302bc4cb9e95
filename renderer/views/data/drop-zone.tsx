import { FileDown } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { describeCount } from '../../components/describe-values.ts'
import { showToast } from '../../components/toast.tsx'
import { useProject } from '../../queries/workspace-queries.ts'
import { askAboutGiven, refuseData, useDatasetQuestion } from './dataset-dialogs-store.ts'
import styles from './drop-zone.module.css'
import { gatherFiles } from './gather-files.ts'
import { fromText, isWebAddress } from './outside-data.ts'

/**
 * While it is there, files and folders may be dropped anywhere in the window, and files and paths pasted; what was given
 * is asked about as one dataset.
 */
export function DropZone({ disabledReason }: { readonly disabledReason: string | null }) {
  const [isOver, setIsOver] = useState(false)
  const [gathered, setGathered] = useState<number | null>(null)
  const folder = useProject().data?.folder ?? null
  const now = useRef({ folder, disabledReason })
  now.current = { folder, disabledReason }
  useEffect(() => {
    const ends = new AbortController()
    let gathering: AbortController | null = null
    /** Something of the page itself, such as a link or the head of a column, which is no data. */
    let isOwn = false
    const listen = <Kind extends keyof WindowEventMap>(kind: Kind, hear: (event: WindowEventMap[Kind]) => void) =>
      window.addEventListener(kind, hear, { signal: ends.signal })
    const isOurs = ({ dataTransfer }: DragEvent): boolean =>
      !isOwn && dataTransfer !== null && ['Files', 'text/uri-list'].some((type) => dataTransfer.types.includes(type))
    // A file that is dropped where nobody takes it would replace the page.
    const take = (event: DragEvent) => {
      if (event.dataTransfer === null || !isOurs(event)) return
      event.preventDefault()
      event.dataTransfer.dropEffect = now.current.disabledReason === null ? 'copy' : 'none'
      setIsOver(true)
    }
    const gather = async (given: DataTransfer, projectFolder: string) => {
      const end = new AbortController()
      gathering?.abort()
      gathering = end
      try {
        const found = gatherFiles(given, projectFolder, end.signal, setGathered)
        const answer = found instanceof Promise ? await found : found
        if (!end.signal.aborted) askAboutGiven(answer)
      } catch (error) {
        if (!end.signal.aborted) refuseData(`The browser could not read it (${wordOf(error)}).`)
      } finally {
        if (gathering === end) setGathered(null)
      }
    }
    /** False when it held nothing that could be a dataset. */
    const askAbout = (given: DataTransfer): boolean => {
      const { folder, disabledReason } = now.current
      const text = given.getData('text/uri-list') || given.getData('text/plain')
      const hasFiles = given.files.length > 0
      const isAddress = !hasFiles && isWebAddress(text)
      const named = hasFiles || folder === null ? null : fromText(text, folder)
      if (!hasFiles && !isAddress && named === null) return false
      if (disabledReason !== null) refuseData(disabledReason)
      else if (isAddress)
        refuseData('Nothing is fetched from the network for a dataset: download it, then drop the file.')
      else if (useDatasetQuestion.getState().question !== null) refuseData('Answer the open question first.')
      else if (folder === null) refuseData('The project is still being read.')
      else if (named !== null) askAboutGiven(named)
      else void gather(given, folder)
      return true
    }
    listen('dragstart', () => {
      isOwn = true
    })
    listen('dragend', () => {
      isOwn = false
    })
    listen('dragenter', take)
    listen('dragover', take)
    listen('dragleave', (event) => {
      if (event.relatedTarget === null) setIsOver(false)
    })
    listen('drop', (event) => {
      if (event.dataTransfer === null || !isOurs(event)) return
      event.preventDefault()
      setIsOver(false)
      askAbout(event.dataTransfer)
    })
    listen('paste', (event) => {
      if (event.clipboardData === null || isTyping(event.target)) return
      if (askAbout(event.clipboardData)) event.preventDefault()
    })
    listen('keydown', (event) => {
      if (event.key !== 'Escape' || gathering === null || gathering.signal.aborted) return
      gathering.abort()
      setGathered(null)
      showToast('Not added', { text: 'You stopped the reading of the folder.' })
    })
    ends.signal.addEventListener('abort', () => gathering?.abort())
    return () => ends.abort()
  }, [])
  if (!isOver && gathered === null) return null
  return (
    <div className={styles.veil} role="status">
      <FileDown size={28} aria-hidden />
      {isOver ? (
        <p>{disabledReason ?? 'Drop a file, several or a folder to add them as one dataset'}</p>
      ) : (
        <>
          <p>Reading the folder: {describeCount(gathered ?? 0, 'file')} so far</p>
          <p className={styles.aside}>Escape stops it.</p>
        </>
      )}
    </div>
  )
}

function wordOf(error: unknown): string {
  return error instanceof DOMException || error instanceof Error ? error.name : String(error)
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role=dialog]') !== null
  )
}
