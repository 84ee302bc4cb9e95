import { FileDown } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { showToast } from '../../components/toast.tsx'
import { useProject } from '../../queries/workspace-queries.ts'
import { askAboutDataset, useDatasetQuestion } from './dataset-dialogs-store.ts'
import styles from './drop-zone.module.css'
import { fromFile, fromText, type Given } from './outside-file.ts'

/** While it is there, files may be dropped anywhere in the window, and files and paths pasted; each is asked about. */
export function DropZone({ disabledReason }: { readonly disabledReason: string | null }) {
  const [isOver, setIsOver] = useState(false)
  const folder = useProject().data?.folder ?? null
  const now = useRef({ folder, disabledReason })
  now.current = { folder, disabledReason }
  useEffect(() => {
    const ends = new AbortController()
    const listen = <Kind extends 'dragenter' | 'dragover' | 'dragleave' | 'drop' | 'paste'>(
      kind: Kind,
      hear: (event: WindowEventMap[Kind]) => void,
    ) => window.addEventListener(kind, hear, { signal: ends.signal })
    // A file that is dropped where nobody takes it would replace the page.
    const take = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      event.dataTransfer.dropEffect = now.current.disabledReason === null ? 'copy' : 'none'
      setIsOver(true)
    }
    listen('dragenter', take)
    listen('dragover', take)
    listen('dragleave', (event) => {
      if (event.relatedTarget === null) setIsOver(false)
    })
    listen('drop', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setIsOver(false)
      askAbout(event.dataTransfer, now.current)
    })
    listen('paste', (event) => {
      if (event.clipboardData === null || isTyping(event.target)) return
      if (askAbout(event.clipboardData, now.current)) event.preventDefault()
    })
    return () => ends.abort()
  }, [])
  if (!isOver) return null
  return (
    <div className={styles.veil} role="status">
      <FileDown size={28} aria-hidden />
      <p>{disabledReason ?? 'Drop the file to add it as a dataset'}</p>
    </div>
  )
}

type Now = { readonly folder: string | null; readonly disabledReason: string | null }

/** False when it held nothing that could be a dataset. */
function askAbout(given: DataTransfer, { folder, disabledReason }: Now): boolean {
  const [file, ...others] = given.files
  const text = given.getData('text/plain')
  if (file === undefined && (folder === null || fromText(text, folder) === null)) return false
  const refuse = (why: string) => {
    showToast('Not added', { tone: 'danger', text: why })
    return true
  }
  if (disabledReason !== null) return refuse(disabledReason)
  if (useDatasetQuestion.getState().question !== null) return refuse('Answer the open question first.')
  if (folder === null) return refuse('The project is still being read.')
  if (others.length > 0) return refuse('Add one file at a time; for many, copy their folder into the project.')
  if (given.items[0]?.webkitGetAsEntry()?.isDirectory)
    return refuse('A folder cannot be dropped: copy it into the project, then add it by its path.')
  ask(file === undefined ? (fromText(text, folder) as Given) : fromFile(file, folder))
  return true
}

function ask(given: Given): void {
  if (given.kind === 'inside') askAboutDataset({ kind: 'add', path: given.path })
  else askAboutDataset({ kind: 'bring', file: given.file })
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role=dialog]') !== null
  )
}
