import { Circle, X } from 'lucide-react'
import { useState } from 'react'
import { useProjectConnection } from '../../clients/connections.tsx'
import { useCommands } from '../../commands/command-registry.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { showFailure } from '../../components/toast.tsx'
import { dropBuffer, isUnsaved, useBuffers } from '../../live/buffers.ts'
import { saveAll, saveBuffer } from '../../live/save-buffers.ts'
import { closeFile, openFile, useBuild } from './build-store.ts'
import styles from './file-tabs.module.css'

export function FileTabs() {
  const { openFiles, activeFile } = useBuild()
  const buffers = useBuffers((state) => state.buffers)
  const [closing, setClosing] = useState<string | null>(null)
  useSaveCommands(activeFile)
  const close = (path: string) => {
    const buffer = buffers[path]
    if (buffer && isUnsaved(buffer)) return setClosing(path)
    dropBuffer(path)
    closeFile(path)
  }
  return (
    <>
      <ul className={styles.tabs} aria-label="Open files">
        {openFiles.map((path) => {
          const buffer = buffers[path]
          const unsaved = buffer !== undefined && isUnsaved(buffer)
          return (
            <li key={path} className={styles.tab} data-active={path === activeFile || undefined}>
              <button
                type="button"
                className={styles.name}
                aria-current={path === activeFile ? 'true' : undefined}
                onClick={() => openFile(path)}
              >
                {path}
                {unsaved && <span className="visually-hidden">, unsaved</span>}
              </button>
              <button type="button" className={styles.close} aria-label={`Close ${path}`} onClick={() => close(path)}>
                {unsaved && <Circle size={9} fill="currentColor" aria-hidden className={styles.dot} />}
                <X size={13} aria-hidden className={styles.cross} />
              </button>
            </li>
          )
        })}
      </ul>
      {closing !== null && <CloseDialog path={closing} onDone={() => setClosing(null)} />}
    </>
  )
}

function CloseDialog({ path, onDone }: { readonly path: string; readonly onDone: () => void }) {
  const connection = useProjectConnection()
  const leave = () => {
    dropBuffer(path)
    closeFile(path)
    onDone()
  }
  const save = async () => {
    try {
      if (await saveBuffer(connection.client(), path)) leave()
      else onDone()
    } catch (error) {
      showFailure(error)
    }
  }
  return (
    <Dialog
      open
      onClose={onDone}
      title={`Save ${path}?`}
      description="It has changes that are not in the file yet."
      actions={
        <>
          <Button onClick={onDone}>Cancel</Button>
          <Button look="danger" onClick={leave}>
            Discard changes
          </Button>
          <Button look="primary" onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    />
  )
}

function useSaveCommands(activeFile: string | null): void {
  const connection = useProjectConnection()
  const buffers = useBuffers((state) => state.buffers)
  const active = activeFile ? buffers[activeFile] : undefined
  const unsaved = Object.values(buffers).filter(isUnsaved)
  const save = async (work: Promise<boolean | string | null>) => {
    try {
      const outcome = await work
      announce(outcome === false || typeof outcome === 'string' ? 'Not saved: the file changed on disk' : 'Saved')
    } catch (error) {
      showFailure(error)
    }
  }
  useCommands([
    {
      id: 'file.save',
      title: activeFile ? `Save ${activeFile}` : 'Save',
      context: 'File',
      disabled: active && isUnsaved(active) ? null : 'There is nothing to save.',
      run: () => activeFile && void save(saveBuffer(connection.client(), activeFile)),
    },
    {
      id: 'file.saveAll',
      title: 'Save all files',
      context: 'File',
      disabled: unsaved.length > 0 ? null : 'There is nothing to save.',
      run: () => void save(saveAll(connection.client())),
    },
  ])
}
