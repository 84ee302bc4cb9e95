import { Command as Menu } from 'cmdk'
import { Dialog } from 'radix-ui'
import { useMemo, useState } from 'react'
import { create } from 'zustand'
import { giveFocusBack } from '../components/focus-history.ts'
import { type Command, runCommand, shortcutsOf, useCommands, useRegistry } from './command-registry.ts'
import { describeShortcut } from './keys.ts'
import styles from './palette.module.css'

const usePalette = create<{ open: boolean }>(() => ({ open: false }))

/** Every command of the window by name. What cannot be done now is shown with the reason. */
export function Palette() {
  const { open } = usePalette()
  const setOpen = (next: boolean) => usePalette.setState({ open: next })
  useCommands([{ id: 'palette.open', title: 'Open the command palette', context: 'Window', run: () => setOpen(!open) }])
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.backdrop} />
        <Dialog.Content className={styles.palette} aria-describedby={undefined} onCloseAutoFocus={giveFocusBack}>
          <Dialog.Title className="visually-hidden">Command palette</Dialog.Title>
          <PaletteList onDone={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteList({ onDone }: { readonly onDone: () => void }) {
  const [search, setSearch] = useState('')
  const { commands, recent } = useRegistry()
  const all = useMemo(
    () => [...commands.values()].filter((command) => command.id !== 'palette.open').sort(byTitle),
    [commands],
  )
  const lately = recent.map((id) => commands.get(id)).filter((command) => command !== undefined)
  const choose = (command: Command) => {
    onDone()
    // After the dialog has given the focus back, so that the command may take it.
    setTimeout(() => runCommand(command.id))
  }
  const rows = (list: readonly Command[]) =>
    list.map((command) => <Row key={command.id} command={command} onChoose={choose} />)
  return (
    <Menu label="Command palette" className={styles.menu} loop filter={rank}>
      <Menu.Input
        className={styles.input}
        placeholder="Type what you want to do"
        value={search}
        onValueChange={setSearch}
      />
      <Menu.List className={styles.list} label="Commands">
        <Menu.Empty className={styles.empty}>No command has that name.</Menu.Empty>
        {search === '' && lately.length > 0 && <Menu.Group heading="Recent">{rows(lately)}</Menu.Group>}
        <Menu.Group heading={search === '' ? 'All commands' : 'Commands'}>
          {rows(search === '' ? all.filter((command) => !recent.includes(command.id)) : all)}
        </Menu.Group>
      </Menu.List>
    </Menu>
  )
}

function Row({ command, onChoose }: { readonly command: Command; readonly onChoose: (command: Command) => void }) {
  const shortcut = shortcutsOf(command.id)[0]
  return (
    <Menu.Item
      className={styles.row}
      value={command.id}
      keywords={[command.title, command.disabled ? off : '', command.context ?? '', ...(command.keywords ?? [])]}
      disabled={Boolean(command.disabled)}
      onSelect={() => onChoose(command)}
    >
      <span>{command.title}</span>
      {command.disabled ? (
        <span className={styles.reason}>{command.disabled}</span>
      ) : (
        <span className={styles.context}>{command.context}</span>
      )}
      {shortcut && <kbd className={styles.key}>{describeShortcut(shortcut)}</kbd>}
    </Menu.Item>
  )
}

/** Marks what cannot be done now, so that it comes after what can. */
const off = '\u0000'

/** Words in any order, without regard to accents; a title that starts so comes first. */
function rank(_: string, search: string, keywords?: string[]): number {
  const text = fold((keywords ?? []).join(' '))
  const words = fold(search).split(/\s+/).filter(Boolean)
  if (!words.every((word) => text.includes(word))) return 0
  const title = fold(keywords?.[0] ?? '')
  const score = title.startsWith(words[0] ?? '') ? 1 : words.every((word) => title.includes(word)) ? 0.8 : 0.5
  return keywords?.[1] === off ? score / 4 : score
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function byTitle(a: Command, b: Command): number {
  return Number(Boolean(a.disabled)) - Number(Boolean(b.disabled)) || a.title.localeCompare(b.title)
}
