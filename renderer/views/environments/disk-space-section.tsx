import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { type SpaceFreed, type SpaceSurvey, spaceUseWords } from '../../../core/domain/space.ts'
import { addAmounts, describeAmount, describeDeletedRuns, describeFreed } from '../../../core/domain/space-words.ts'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useClearSpace, useSpace } from '../../queries/space-queries.ts'
import { useCleanEnvironments } from '../../queries/workspace-queries.ts'
import { useReadOnlyReason } from '../data/use-read-only-reason.ts'
import styles from '../runs/run-overview.module.css'
import { JobStrip } from '../ship/job-strip.tsx'
import { useStartedJob } from '../ship/use-started-job.ts'
import { EmptyTrashDialog, MoveToTrashDialog } from './disk-space-dialogs.tsx'
import own from './environments-area.module.css'

/** Where the disk's space went, what nothing needs, and giving that back. */
export function DiskSpaceSection() {
  const space = useSpace()
  const clear = useStartedJob('space', useClearSpace())
  const readOnly = useReadOnlyReason()
  const [asks, setAsks] = useState<'move' | 'empty' | null>(null)
  const survey = space.data
  const freed = clear.job?.state === 'completed' ? (clear.job.result as unknown as SpaceFreed) : null
  const unknown = survey ? null : 'What nothing needs is not known yet.'
  const movable = survey ? addAmounts(survey.unused, survey.young, survey.logs).count : 0
  const lying = survey ? addAmounts(survey.resting, survey.ending).count + survey.deletedRuns.count : 0
  const start = (request: Parameters<typeof clear.start>[0]) => {
    setAsks(null)
    void clear.start(request)
  }
  return (
    <Section
      title="Disk space"
      tools={
        <>
          <Button
            busy={clear.isBusy}
            disabledReason={readOnly ?? unknown ?? (movable === 0 ? 'Everything that is stored is needed.' : null)}
            onClick={() => setAsks('move')}
          >
            Move to trash
          </Button>
          <Button
            icon={Trash2}
            busy={clear.isBusy}
            disabledReason={readOnly ?? unknown ?? (lying === 0 ? 'The trash is empty.' : null)}
            onClick={() => setAsks('empty')}
          >
            Empty trash
          </Button>
        </>
      }
    >
      <div className={own.said}>
        {space.isError && <ErrorNotice error={space.error} />}
        <JobStrip job={clear.job} error={clear.error} />
        {freed && !clear.isBusy && <p role="status">{describeFreed(freed).join(' ')}</p>}
      </div>
      {!survey && !space.isError && <Loading what="what takes space" />}
      {survey && <SpaceReport survey={survey} />}
      {survey && asks === 'move' && (
        <MoveToTrashDialog
          survey={survey}
          onClose={() => setAsks(null)}
          onMove={(younger) => start(younger ? { olderThanMs: 0 } : {})}
        />
      )}
      {survey && asks === 'empty' && (
        <EmptyTrashDialog survey={survey} onClose={() => setAsks(null)} onEmpty={() => start({ emptyTrash: true })} />
      )}
    </Section>
  )
}

function SpaceReport({ survey }: { readonly survey: SpaceSurvey }) {
  const { uses, unused, young, besideOthers, resting, ending, logs, deletedRuns, nextEndAt, strangers, freeBytes } =
    survey
  const end = (text: string) => ({ text, align: 'end' }) as const
  const says = [
    unused.count === 0
      ? 'Nothing is stored that is a day old and that no run, dataset, model or image needs.'
      : `${describeAmount(unused)} needed by nothing: it can go to the trash.`,
    young.count > 0 &&
      `${describeAmount(young)} needed by nothing yet and younger than a day, or of work that goes on.`,
    besideOthers.count > 0 &&
      `${describeAmount(besideOthers)} needed by nothing, in a pack with files that are needed: it stays.`,
    logs.count > 0 && `${describeAmount(logs)} of output that no run shows any more: it can go to the trash.`,
    ending.count > 0 && `${describeAmount(ending)} in the trash for 30 days: it ends with the next move to the trash.`,
    resting.count > 0 &&
      `${describeAmount(resting)} in the trash, to be taken back until its 30 days are over${nextEndAt === null ? '' : `, next on ${nextEndAt.slice(0, 10)}`}.`,
    deletedRuns.count > 0 &&
      `${describeDeletedRuns(deletedRuns.count)}, to be restored for 30 days each: what they hold stays until then.`,
    strangers.length > 0 &&
      `${describeCount(strangers.length, 'name')} in the trash that Slipway did not put there: left alone.`,
    `${describeBytes(freeBytes)} are free on the disk.`,
  ]
  return (
    <>
      <PlainTable
        label="What takes space"
        heads={['What', end('Number'), end('Size')]}
        rows={uses.map(({ use, count, bytes }) => ({
          id: use,
          cells: [spaceUseWords[use], count.toLocaleString('en'), describeBytes(bytes)],
        }))}
      />
      <div className={own.notes}>
        <PastEnvironmentsNote bytes={uses.find(({ use }) => use === 'pastEnvironments')?.bytes ?? 0} />
        {says.map(
          (text) =>
            typeof text === 'string' && (
              <p key={text} className={styles.muted}>
                {text}
              </p>
            ),
        )}
      </div>
    </>
  )
}

/** They are no part of the trash: a proof makes again what it needs of them. */
function PastEnvironmentsNote({ bytes }: { readonly bytes: number }) {
  const clean = useCleanEnvironments()
  const readOnly = useReadOnlyReason()
  if (clean.isError) return <ErrorNotice error={clean.error} />
  if (bytes === 0) return null
  return (
    <p className={`${styles.muted} ${own.offer}`}>
      {`${describeBytes(bytes)} in environments of past runs, which a proof makes again when it needs them.`}
      <Button small busy={clean.isPending} disabledReason={readOnly} onClick={() => clean.mutate(null)}>
        Remove past environments
      </Button>
    </p>
  )
}
