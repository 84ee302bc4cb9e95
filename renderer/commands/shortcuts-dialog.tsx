import { useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { useCommands, useRegistry } from './command-registry.ts'
import { defaultShortcuts } from './keymap.ts'
import { describeShortcut } from './keys.ts'
import styles from './shortcuts-dialog.module.css'

/** The keys of what can be done here. */
export function ShortcutsDialog() {
  const [open, setOpen] = useState(false)
  const commands = useRegistry((state) => state.commands)
  useCommands([{ id: 'shortcuts.show', title: 'Show keyboard shortcuts', context: 'Window', run: () => setOpen(true) }])
  const rows = Object.entries(defaultShortcuts).filter(([id]) => commands.has(id))
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keyboard shortcuts">
      <dl className={styles.list}>
        {rows.map(([id, shortcuts]) => (
          <div key={id} className={styles.row}>
            <dt>{commands.get(id)?.title}</dt>
            <dd>
              {shortcuts.map((shortcut) => (
                <kbd key={shortcut} className={styles.key}>
                  {describeShortcut(shortcut)}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
