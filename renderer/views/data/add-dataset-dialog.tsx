import { useId, useMemo, useState } from 'react'
import { coversPath, isGlob } from '../../../core/domain/dataset-path.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { ProjectFile } from '../../../core/domain/project.ts'
import { formatOfTable } from '../../../core/domain/table.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { Checkbox, Field, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { showToast } from '../../components/toast.tsx'
import { useAddDataset, useDatasets } from '../../queries/dataset-queries.ts'
import { useFiles, useProject } from '../../queries/workspace-queries.ts'
import { navigate } from '../../routing/use-route.ts'
import { askAboutDataset, askAboutGiven } from './dataset-dialogs-store.ts'
import { datasetHref } from './dataset-place.ts'
import { nameForPath, nameProblem } from './dataset-words.ts'
import styles from './dialogs.module.css'
import { JobNotice } from './job-notice.tsx'
import { fromText } from './outside-data.ts'
import { PickData } from './pick-data.tsx'
import { filesOf, suggestPattern } from './suggest-pattern.ts'
import { fromTermsText, noTerms, TermsFields } from './terms-fields.tsx'

const mostSuggested = 300
const noFiles: readonly ProjectFile[] = []
const none: readonly string[] = []

type AddDatasetDialogProps = {
  readonly path: string
  /** The files and folders that it is to stand for, where they are several. */
  readonly given?: readonly string[]
  readonly onClose: () => void
}

/** Declares files as a dataset and records its first version. */
export function AddDatasetDialog({ path: first, given: several = none, onClose }: AddDatasetDialogProps) {
  const project = useProjectKey()
  const files = useFiles().data ?? noFiles
  const taken = new Set((useDatasets().data ?? []).map(({ name }) => name))
  const folder = useProject().data?.folder
  const [written, setPath] = useState<string | null>(null)
  const [name, setName] = useState<string | null>(null)
  const [terms, setTerms] = useState(noTerms)
  const [keeps, setKeeps] = useState(true)
  const add = useAddDataset()
  const paths = useId()
  const suggested = useMemo(() => {
    const all = files.map((file) => file.path)
    return several.length > 1 ? suggestPattern(several, all) : first
  }, [several, files, first])
  const typed = written ?? suggested
  // A path as file managers copy it, of the project or of anywhere.
  const given = folder === undefined ? null : fromText(typed, folder)
  const path = given?.kind === 'inside' ? given.path : typed
  const outside = given?.kind === 'outside' ? given.data : null
  const refused = given?.kind === 'refused' ? given.why : outside ? 'It lies outside of the project.' : null
  const pattern = path.trim().replace(/^\.\//, '')
  const named = (name ?? (pattern === '' ? '' : nameForPath(pattern, taken))).trim()
  const problem = pattern === '' ? null : nameProblem(named, taken)
  const send = () =>
    add.mutate(
      { name: named, path: pattern, keep: keeps, terms: withoutNulls(fromTermsText(terms)) },
      {
        onSuccess: () => {
          showToast(`${named} is a dataset`, { text: 'Its first version is recorded.' })
          onClose()
          navigate(datasetHref(project, named))
        },
      },
    )
  const missing = pattern === '' ? 'Say first which files it is.' : (refused ?? problem)
  return (
    <FormDialog
      wide
      title="Add dataset"
      description="Gives files of the project a name and terms in slipway.toml, and records their state as version 1."
      action="Add dataset"
      busy={add.isPending}
      missing={missing}
      onSend={send}
      onClose={onClose}
    >
      <div className={styles.pair}>
        <Field
          label="File, folder or glob"
          help={refused ? null : describeMatches(pattern, files, several)}
          problem={refused}
        >
          {(field) => (
            <TextInput
              {...field}
              value={path}
              list={paths}
              placeholder="data/wine.csv"
              onChange={(event) => setPath(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name" help="What runs and people call it." problem={problem}>
          {(field) => <TextInput {...field} value={named} onChange={(event) => setName(event.target.value)} />}
        </Field>
      </div>
      {outside && (
        <div>
          <Button small onClick={() => askAboutDataset({ kind: 'bring', data: outside })}>
            Copy it into the project…
          </Button>
        </div>
      )}
      {first === '' && outside === null && folder !== undefined && (
        <PickData projectFolder={folder} onGiven={askAboutGiven} />
      )}
      <TermsFields terms={terms} onChange={setTerms} />
      <Checkbox
        label="Keep the bytes, so that this version can be restored"
        checked={keeps}
        onChange={(event) => setKeeps(event.target.checked)}
      />
      <datalist id={paths}>
        {suggestPaths(files).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <JobNotice job={add.job} error={add.error} />
    </FormDialog>
  )
}

/** Table files, and the folders that hold any. */
function suggestPaths(files: readonly ProjectFile[]): readonly string[] {
  const tables = files.map(({ path }) => path).filter((path) => formatOfTable(path) !== null)
  const folders = new Set(tables.flatMap((path) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])))
  return [...folders, ...tables].slice(0, mostSuggested)
}

function describeMatches(pattern: string, files: readonly ProjectFile[], several: readonly string[]): string {
  if (pattern === '') return 'In the project: data/wine.csv, data/photos or data/*.csv.'
  if (pattern.startsWith('package:')) return 'Data of an installed package.'
  const found = files.filter(({ path }) => coversPath(pattern, path))
  const sizeBytes = found.reduce((sum, file) => sum + file.sizeBytes, 0)
  if (found.length > 0)
    return `${describeCount(found.length, 'file')}, ${describeBytes(sizeBytes)}${describeBeyond(found, several)}.`
  return isGlob(pattern) ? 'No file of the project fits it.' : 'No file of the project is there.'
}

/** One path may stand for more than the files that it is made for. */
function describeBeyond(found: readonly ProjectFile[], several: readonly string[]): string {
  const paths = found.map(({ path }) => path)
  const given = filesOf(several, paths).length
  const beyond = paths.length - given
  if (given === 0 || beyond === 0) return ''
  return `: the ${given.toLocaleString('en')} that you gave, and ${beyond.toLocaleString('en')} more`
}

function withoutNulls(terms: ReturnType<typeof fromTermsText>) {
  const { licence, origin, expires, contact, purpose, personal } = terms
  return {
    purpose,
    personal,
    ...(licence === null ? {} : { licence }),
    ...(origin === null ? {} : { origin }),
    ...(expires === null ? {} : { expires }),
    ...(contact === null ? {} : { contact }),
  }
}
