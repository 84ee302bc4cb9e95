import { Bookmark, Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useRef, useState } from 'react'
import { parseRunView, parseRunViews, type RunView, viewToLink } from '../../../core/domain/run-views.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import menu from '../../components/menu.module.css'
import { saveText } from '../../components/save-file.ts'
import { showFailure, showToast } from '../../components/toast.tsx'
import { useRemoveRunView, useRunViews, useSaveRunView } from '../../queries/run-view-queries.ts'
import { projectHref } from '../../routing/route.ts'

type ViewsMenuProps = {
  readonly project: string
  /** How the runs are looked at now. */
  readonly now: Omit<RunView, 'name'>
  readonly onUse: (view: RunView) => void
}

/** Ways to look at runs that were given a name: used, saved, shared by address or by file, removed. */
export function ViewsMenu({ project, now, onUse }: ViewsMenuProps) {
  const views = useRunViews()
  const save = useSaveRunView()
  const remove = useRemoveRunView()
  const [naming, setNaming] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const current = views.data?.find((view) => isSame(view, now)) ?? null

  async function copyLink(): Promise<void> {
    const link = viewToLink({ ...now, name: current?.name ?? 'Shared view' })
    await navigator.clipboard.writeText(new URL(projectHref(project, 'runs', [], { view: link }), location.href).href)
    announce('The address of this view was copied')
    showToast('The address of this view was copied')
  }

  async function read(chosen: File | undefined): Promise<void> {
    if (!chosen) return
    try {
      const found = parseViews(await chosen.text(), chosen.name)
      for (const view of found) await save.mutateAsync(view)
      if (found[0]) onUse(found[0])
    } catch (error) {
      showFailure(error)
    }
  }

  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <Button icon={Bookmark}>{current?.name ?? 'Views'}</Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6}>
            {views.isError && <p className={menu.note}>The saved views cannot be read. Save one to see why.</p>}
            {views.data?.length === 0 && <p className={menu.note}>No saved views yet.</p>}
            {views.data?.map((view) => (
              <DropdownMenu.Item key={view.name} className={menu.item} onSelect={() => onUse(view)}>
                {view.name}
                <span className={menu.aside}>{describeView(view)}</span>
                {view === current && <Check size={14} role="img" aria-label="In use" />}
              </DropdownMenu.Item>
            ))}
            <DropdownMenu.Separator className={menu.line} />
            <DropdownMenu.Item className={menu.item} onSelect={() => setNaming(true)}>
              Save this view …
            </DropdownMenu.Item>
            <DropdownMenu.Item className={menu.item} onSelect={() => void copyLink().catch(showFailure)}>
              Copy its address
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className={menu.item}
              onSelect={() => {
                const view = { ...now, name: current?.name ?? 'Shared view' }
                saveText(`${view.name}.json`, 'application/json', `${JSON.stringify(view, null, 2)}\n`)
              }}
            >
              Save it as a file
            </DropdownMenu.Item>
            <DropdownMenu.Item className={menu.item} onSelect={() => file.current?.click()}>
              Read views from a file …
            </DropdownMenu.Item>
            {current && (
              <DropdownMenu.Item
                className={menu.item}
                onSelect={() =>
                  remove.mutate(current.name, {
                    onSuccess: () =>
                      showToast(`Removed the view "${current.name}"`, {
                        action: { label: 'Undo', run: () => save.mutate(current, { onError: showFailure }) },
                      }),
                    onError: showFailure,
                  })
                }
              >
                Remove “{current.name}”
              </DropdownMenu.Item>
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={(event) => {
          void read(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      {naming && (
        <NameDialog
          taken={views.data ?? []}
          suggested={current?.name ?? ''}
          onClose={() => setNaming(false)}
          onSave={(name) => save.mutateAsync({ ...now, name })}
        />
      )}
    </>
  )
}

type NameDialogProps = {
  readonly taken: readonly RunView[]
  readonly suggested: string
  readonly onClose: () => void
  readonly onSave: (name: string) => Promise<unknown>
}

function NameDialog({ taken, suggested, onClose, onSave }: NameDialogProps) {
  const [name, setName] = useState(suggested)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const isTaken = taken.some((view) => view.name === name.trim())
  async function go(): Promise<void> {
    setBusy(true)
    try {
      await onSave(name.trim())
      announce(`Saved the view ${name.trim()}`)
      onClose()
    } catch (failed) {
      setError(failed)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save this view"
      description="The filter, sort, columns and groups as they are now. The file runs-views.json of the project keeps it."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            busy={busy}
            disabledReason={name.trim() === '' ? 'Give it a name.' : null}
            onClick={() => void go()}
          >
            {isTaken ? 'Replace' : 'Save'}
          </Button>
        </>
      }
    >
      <Field label="Name" help={isTaken ? 'A view of this name is there already and would be replaced.' : undefined}>
        {(field) => (
          <TextInput
            {...field}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && name.trim() !== '' && !busy) void go()
            }}
          />
        )}
      </Field>
      {error !== null && <ErrorNotice error={error} />}
    </Dialog>
  )
}

/** One view, or a file with several of them. */
function parseViews(text: string, path: string): readonly RunView[] {
  const content: unknown = tryJson(text)
  const isOne = typeof content === 'object' && content !== null && 'name' in content
  return parseRunViews(isOne ? JSON.stringify({ views: [content] }) : text, path)
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The view that an address holds, or null when it holds none that can be read. */
export function viewOfLink(link: string | undefined): RunView | null {
  if (link === undefined) return null
  try {
    return parseRunView(JSON.parse(link))
  } catch {
    return null
  }
}

function isSame(view: RunView, now: Omit<RunView, 'name'>): boolean {
  return (Object.keys(now) as (keyof typeof now)[]).every(
    (key) => JSON.stringify(view[key]) === JSON.stringify(now[key]),
  )
}

function describeView({ filter, groupBy, sort }: RunView): string {
  if (filter !== '') return filter
  const [first] = groupBy
  if (first) return `by ${first}`
  return sort[0]?.id ?? ''
}
