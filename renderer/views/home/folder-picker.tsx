import { CornerLeftUp, Folder, FolderKanban, type LucideIcon } from 'lucide-react'
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
          <ErrorNotice error={error} />
        ) : !listing ? (
          <Loading what="folders" />
        ) : (
          <ul aria-label={`Folders in ${listing.path}`}>
            {listing.parent !== null && (
              <Entry icon={CornerLeftUp} name="Up one level" onClick={() => goTo(listing.parent)} />
            )}
            {listing.folders.map(({ name, isProject }) => (
              <Entry
                key={name}
                icon={isProject ? FolderKanban : Folder}
                name={name}
                note={isProject ? 'Slipway project' : undefined}
                onClick={() => goTo(joinPath(listing.path, name))}
              />
            ))}
            {listing.folders.length === 0 && <li className={styles.none}>No folders in here.</li>}
          </ul>
        )}
      </div>
    </Dialog>
  )
}

type EntryProps = {
  readonly icon: LucideIcon
  readonly name: string
  readonly note?: string | undefined
  readonly onClick: () => void
}

function Entry({ icon: Icon, name, note, onClick }: EntryProps) {
  return (
    <li>
      <button type="button" className={styles.entry} onClick={onClick}>
        <Icon size={15} aria-hidden className={note ? styles.project : styles.folder} />
        {name}
        {note && <span className={styles.note}>{note}</span>}
      </button>
    </li>
  )
}

/** Core may run on another system than the browser, so its own separator is kept. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}
