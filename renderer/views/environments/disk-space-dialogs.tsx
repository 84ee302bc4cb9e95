import { useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { SpaceSurvey } from '../../../core/domain/space.ts'
import { addAmounts, describeAmount, describeDeletedRuns } from '../../../core/domain/space-words.ts'
import { Button } from '../../components/button.tsx'
import { describeAgo, describeCount } from '../../components/describe-values.ts'
import { Dialog } from '../../components/dialog.tsx'
import { DigestText } from '../../components/facts.tsx'
import { Checkbox } from '../../components/field.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import styles from '../runs/run-overview.module.css'

type MoveToTrashDialogProps = {
  readonly survey: SpaceSurvey
  readonly onClose: () => void
  /** @param younger what is younger than a day goes as well */
  readonly onMove: (younger: boolean) => void
}

/** What would go, before it goes. */
export function MoveToTrashDialog({ survey, onClose, onMove }: MoveToTrashDialogProps) {
  const { unused, young, logs, largest } = survey
  const [younger, setYounger] = useState(unused.count + logs.count === 0)
  const { count, bytes } = addAmounts(unused, logs, ...(younger ? [young] : []))
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Move ${describeCount(count, 'thing')} to the trash?`}
      description={`No run, dataset, model or image needs them${logs.count > 0 ? `; ${describeAmount(logs)} are output that no run shows any more` : ''}. They can be taken back for 30 days, and take their ${describeBytes(bytes)} until then.`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabledReason={count === 0 ? 'Nothing would go.' : null}
            onClick={() => onMove(younger)}
          >
            Move to trash
          </Button>
        </>
      }
    >
      {young.count > 0 && (
        <Checkbox
          label={`Also ${describeAmount(young)} younger than a day, but for what is being worked on`}
          checked={younger}
          onChange={(event) => setYounger(event.target.checked)}
        />
      )}
      {largest.length > 0 && (
        <PlainTable
          label="What would go"
          heads={['Stored bytes', 'Stored', { text: 'Size', align: 'end' }]}
          rows={largest.map(({ digest, bytes: size, storedAt }) => ({
            id: digest,
            cells: [<DigestText key="digest" digest={digest} />, describeAgo(storedAt), describeBytes(size)],
          }))}
        />
      )}
      {unused.count > largest.length && (
        <p className={styles.muted}>{`And ${describeCount(unused.count - largest.length, 'smaller one')}.`}</p>
      )}
    </Dialog>
  )
}

type EmptyTrashDialogProps = {
  readonly survey: SpaceSurvey
  readonly onClose: () => void
  readonly onEmpty: () => void
}

/** The one thing here that cannot be taken back. */
export function EmptyTrashDialog({ survey, onClose, onEmpty }: EmptyTrashDialogProps) {
  const { resting, ending, unused, logs, deletedRuns } = survey
  const all = addAmounts(resting, ending)
  return (
    <Dialog
      open
      onClose={onClose}
      title="Empty the trash now?"
      description={`${describeAmount(all)} in it ${all.count === 1 ? 'ends' : 'end'} for good, and cannot be taken back. Left alone, each ends 30 days after it was thrown away.`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" onClick={onEmpty}>
            Empty trash
          </Button>
        </>
      }
    >
      {deletedRuns.count > 0 && (
        <p>{`So ${deletedRuns.count === 1 ? 'does' : 'do'} ${describeDeletedRuns(deletedRuns.count)} with all that they hold alone.`}</p>
      )}
      {unused.count + logs.count > 0 && (
        <p>{`So does what nothing needs now: ${describeAmount(addAmounts(unused, logs))}.`}</p>
      )}
    </Dialog>
  )
}
