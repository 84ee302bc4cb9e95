import { CornerLeftUp, Folder, FolderKanban, type LucideIcon, Unplug } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { useFolder } from '../../queries/home-queries.ts'
import styles from './folder-picker.module.css'

type FolderPickerProps = {
  readonly open: boolean
  readonly title: string
  /** What the button says: "Open this folder". */
  readonly action: string
  readonly icon?: LucideIcon
  readonly onClose: () => void
  readonly onChoose: (folder: string) => void
}

/** Chooses a folder of the computer that core runs on, where the system's own dialog cannot be shown. */
export function FolderPicker({ open, title, action, icon, onClose, onChoose }: FolderPickerProps) {
  const [path, setPath] = useState<string | null>(null)
  // Null while nobody typed since the last folder was gone to: a listing that comes late takes nothing away.
  const [typed, setTyped] = useState<string | null>(null)
  const { data: listing, error } = useFolder(path, open)
  const folder = typed ?? listing?.path ?? path ?? ''
  const goTo = (next: string | null) => {
    setPath(next)
    setTyped(null)
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      wide
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            icon={icon ?? Folder}
            disabledReason={folder === '' ? 'Choose a folder first.' : null}
            onClick={() => onChoose(folder)}
          >
            {action}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          goTo(folder)
        }}
      >
        <Field label="Folder" help="Enter goes to the folder that is typed here.">
          {(props) => (
            <TextInput {...props} className="mono" value={folder} onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      </form>
      <div className={styles.listing}>
        {error ? (
          <ErrorNotice
            error={error}
            actions={path !== null && <Button onClick={() => goTo(null)}>Back to your own folder</Button>}
          />
        ) : !listing ? (
          <Loading what="folders" />
        ) : (
          <ul aria-label={`Folders in ${listing.path}`}>
            {listing.parent !== null && (
              <Entry icon={CornerLeftUp} name="Up one level" onClick={() => goTo(listing.parent)} />
            )}
            {listing.folders.map(({ name, isProject }) => (
              <Entry key={name} {...lookOf(isProject)} name={name} onClick={() => goTo(joinPath(listing.path, name))} />
            ))}
            {listing.folders.length === 0 && <li className={styles.none}>No folders in here.</li>}
          </ul>
        )}
      </div>
    </Dialog>
  )
}

/** Null where its disk does not answer: it may by the time that somebody goes there. */
function lookOf(isProject: boolean | null): Pick<EntryProps, 'icon' | 'note' | 'tone'> {
  if (isProject === null) return { icon: Unplug, note: 'Disk does not answer', tone: 'warning' }
  return isProject ? { icon: FolderKanban, note: 'Slipway project', tone: 'project' } : { icon: Folder }
}

type EntryProps = {
  readonly icon: LucideIcon
  readonly name: string
  readonly note?: string | undefined
  readonly tone?: 'project' | 'warning' | undefined
  readonly onClick: () => void
}

function Entry({ icon: Icon, name, note, tone, onClick }: EntryProps) {
  return (
    <li>
      <button type="button" className={styles.entry} onClick={onClick}>
        <Icon size={15} aria-hidden className={styles[tone ?? 'folder']} />
        {name}
        {note && <span className={tone === 'warning' ? `${styles.note} ${styles.warning}` : styles.note}>{note}</span>}
      </button>
    </li>
  )
}

/** Core may run on another system than the browser, so its own separator is kept. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}
