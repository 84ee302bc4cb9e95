import { FolderPlus, FolderSearch } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Loading } from '../../components/loading.tsx'
import { useCreateProject, useSuggestedFolder, useTemplates } from '../../queries/home-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { FolderPicker, joinPath } from './folder-picker.tsx'
import styles from './new-project-dialog.module.css'

type NewProjectDialogProps = { readonly kind: 'sample' | 'template'; readonly onClose: () => void }

/**
 * Makes a project from a template in a folder of the person's choice. Writes nothing before "Create".
 * It may be opened before the templates are known: what is chosen and typed stands, whatever comes later.
 */
export function NewProjectDialog({ kind, onClose }: NewProjectDialogProps) {
  const { data: known, error: unread } = useTemplates()
  const [picked, setPicked] = useState<string | null>(null)
  const [typed, setTyped] = useState<string | null>(null)
  const [browsing, setBrowsing] = useState(false)
  const isSample = kind === 'sample'
  const templates = known?.filter((template) => template.isSample === isSample) ?? []
  const chosen = templates.find((template) => template.name === picked) ?? templates[0] ?? null
  const suggested = useSuggestedFolder(chosen?.name ?? null)
  const folder = typed ?? suggested.data ?? ''
  const create = useCreateProject()

  const submit = async () => {
    if (!chosen || folder.trim() === '') return
    const project = await create.mutateAsync({ template: chosen.name, folder: folder.trim() }).catch(() => null)
    if (project) navigate(projectHref(project.key, 'build'))
  }
  const browse = async () => {
    if (!window.slipway) return setBrowsing(true)
    const parent = await window.slipway.pickFolder('Where to put the project')
    if (parent) setTyped(joinPath(parent, lastPart(folder)))
  }
  const missing = !chosen ? 'The templates are not read yet.' : folder.trim() === '' ? 'Choose a folder first.' : null
  return (
    <>
      <FormDialog
        title={isSample ? 'Start with the sample project' : 'Start from a template'}
        description={
          isSample
            ? (chosen?.description ?? 'A small real data set and a whole pipeline.')
            : 'Plain Python files that you can read, run and change.'
        }
        wide={!isSample}
        icon={FolderPlus}
        action={create.isPending ? 'Creating…' : 'Create project'}
        busy={create.isPending}
        missing={missing}
        onSend={() => void submit()}
        onClose={onClose}
      >
        {!isSample && (
          <fieldset className={styles.templates}>
            <legend className="visually-hidden">Template</legend>
            {!known && !unread && <Loading what="templates" />}
            {templates.map((template) => (
              <label key={template.name} className={styles.template}>
                <input
                  type="radio"
                  name="template"
                  checked={template === chosen}
                  onChange={() => setPicked(template.name)}
                />
                <span>
                  <span className={styles.title}>{template.title}</span>
                  <span className={styles.text}>{template.description}</span>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <Field label="Folder of the new project" help="It is created; nothing that exists is overwritten.">
          {(props) => (
            <div className={styles.folder}>
              <TextInput
                {...props}
                className="mono"
                value={folder}
                onChange={(event) => setTyped(event.target.value)}
              />
              <Button icon={FolderSearch} onClick={() => void browse()}>
                Browse
              </Button>
            </div>
          )}
        </Field>
        {unread && <ErrorNotice error={unread} />}
        {create.error && <ErrorNotice error={create.error} />}
      </FormDialog>
      <FolderPicker
        open={browsing}
        title="Where to put the project"
        action="Put it here"
        onClose={() => setBrowsing(false)}
        onChoose={(parent) => {
          setBrowsing(false)
          setTyped(joinPath(parent, lastPart(folder)))
        }}
      />
    </>
  )
}

function lastPart(folder: string): string {
  return folder.split(/[\\/]/).filter(Boolean).at(-1) ?? 'project'
}
