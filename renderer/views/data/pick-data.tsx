import { FileDown, FolderDown } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../../components/button.tsx'
import styles from './dialogs.module.css'
import { fromPicked } from './gather-files.ts'
import type { Given } from './outside-data.ts'

type PickDataProps = { readonly projectFolder: string; readonly onGiven: (given: Given) => void }

/** Files or a folder of this computer by the system's own dialog, for who drops nothing. */
export function PickData({ projectFolder, onGiven }: PickDataProps) {
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const take = (input: HTMLInputElement, isFolder: boolean) => {
    const picked = [...(input.files ?? [])]
    input.value = ''
    onGiven(fromPicked(picked, isFolder, projectFolder))
  }
  return (
    <div className={styles.picks}>
      <span className={styles.note}>From elsewhere on this computer, copied into the project:</span>
      <Button small icon={FileDown} onClick={() => files.current?.click()}>
        Choose files…
      </Button>
      <Button small icon={FolderDown} onClick={() => folder.current?.click()}>
        Choose a folder…
      </Button>
      <input ref={files} type="file" multiple hidden onChange={({ target }) => take(target, false)} />
      <input
        ref={(input) => {
          folder.current = input
          if (input) input.webkitdirectory = true
        }}
        type="file"
        hidden
        onChange={({ target }) => take(target, true)}
      />
    </div>
  )
}
