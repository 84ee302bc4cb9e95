import { FolderPlus, FolderSearch } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Template } from '../../../core/domain/project.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { useCreateProject, useSuggestedFolder } from '../../queries/home-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { FolderPicker, joinPath } from './folder-picker.tsx'
import styles from './new-project-dialog.module.css'

type NewProjectDialogProps = { readonly templates: readonly Template[]; readonly onClose: () => void }

/** Makes a project from a template in a folder of the person's choice. Writes nothing before "Create". */
export function NewProjectDialog({ templates, onClose }: NewProjectDialogProps) {
  const [name, setName] = useState(templates[0]?.name ?? null)
  const [folder, setFolder] = useState('')
  const [browsing, setBrowsing] = useState(false)
  const suggested = useSuggestedFolder(name)
  const create = useCreateProject()
  const chosen = templates.find((template) => template.name === name) ?? null
  useEffect(() => {
    if (suggested.data) setFolder(suggested.data)
  }, [suggested.data])

  const submit = async () => {
    if (!chosen || folder.trim() === '') return
    const project = await create.mutateAsync({ template: chosen.name, folder: folder.trim() }).catch(() => null)
    if (project) navigate(projectHref(project.key, 'build'))
  }
  const browse = async () => {
    if (!window.slipway) return setBrowsing(true)
    const parent = await window.slipway.pickFolder('Where to put the project')
    if (parent) setFolder(joinPath(parent, lastPart(folder)))
  }
  const isSample = templates.length === 1 && chosen?.isSample === true
  return (
    <Dialog
      open
      onClose={onClose}
      title={isSample ? 'Start with the sample project' : 'Start from a template'}
      description={isSample ? chosen?.description : 'Plain Python files that you can read, run and change.'}
      wide={!isSample}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            icon={FolderPlus}
            busy={create.isPending}
            disabledReason={folder.trim() === '' ? 'Choose a folder first.' : null}
            onClick={() => void submit()}
          >
            {create.isPending ? 'Creating…' : 'Create project'}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {!isSample && (
          <fieldset className={styles.templates}>
            <legend className="visually-hidden">Template</legend>
            {templates.map((template) => (
              <label key={template.name} className={styles.template}>
                <input
                  type="radio"
                  name="template"
                  checked={template.name === name}
                  onChange={() => setName(template.name)}
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
                onChange={(event) => setFolder(event.target.value)}
              />
              <Button icon={FolderSearch} onClick={() => void browse()}>
                Browse
              </Button>
            </div>
          )}
        </Field>
        {create.error && <ErrorNotice error={create.error} />}
      </form>
      <FolderPicker
        open={browsing}
        title="Where to put the project"
        action="Put it here"
        onClose={() => setBrowsing(false)}
        onChoose={(parent) => {
          setBrowsing(false)
          setFolder(joinPath(parent, lastPart(folder)))
        }}
      />
    </Dialog>
  )
}

function lastPart(folder: string): string {
  return folder.split(/[\\/]/).filter(Boolean).at(-1) ?? 'project'
}
