import { FilePlus2 } from 'lucide-react'
import type { UndeclaredFile } from '../../../core/domain/dataset.ts'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { projectHref } from '../../routing/route.ts'
import { askAboutDataset } from './dataset-dialogs-store.ts'
import styles from './dataset-page.module.css'
import { useDeclareFile } from './use-declare-file.ts'

/** What steps were seen to read and slipway.toml does not name: one press declares it. */
export function UndeclaredFiles({ files }: { readonly files: readonly UndeclaredFile[] }) {
  const project = useProjectKey()
  const { declare, disabledReason, busyPath } = useDeclareFile()
  return (
    <Section title="Read by steps, not declared" count={files.length}>
      <p className={styles.muted}>
        Steps read these files, and no dataset names them: they have no versions and no terms.
      </p>
      <PlainTable
        label="Files read and not declared"
        heads={['File', { text: 'Size', align: 'end' }, 'Read by', 'In run', { text: 'Actions', align: 'end' }]}
        rows={files.map(({ path, sizeBytes, steps, runId }) => ({
          id: path,
          cells: [
            <code key="path">{path}</code>,
            sizeBytes === null ? '' : describeBytes(sizeBytes),
            `${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')}`,
            <a key="run" href={projectHref(project, 'runs', [runId])}>
              {runId}
            </a>,
            <span key="act" className={styles.acts}>
              <Button
                small
                icon={FilePlus2}
                aria-label={`Declare ${path}`}
                busy={busyPath === path}
                disabledReason={disabledReason}
                onClick={() => declare(path)}
              >
                Declare
              </Button>
              <Button
                small
                look="quiet"
                aria-label={`Add ${path} as a dataset with terms`}
                disabledReason={disabledReason}
                onClick={() => askAboutDataset({ kind: 'add', path })}
              >
                With terms…
              </Button>
            </span>,
          ],
        }))}
      />
    </Section>
  )
}
