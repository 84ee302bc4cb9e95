import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { type SpaceAmount, type SpaceFreed, type SpaceSurvey, spaceUseWords } from '../../../core/domain/space.ts'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Loading } from '../../components/loading.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useClearSpace, useSpace } from '../../queries/space-queries.ts'
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
  const movable = (survey?.unused.count ?? 0) + (survey?.young.count ?? 0)
  const lying = (survey?.resting.count ?? 0) + (survey?.ending.count ?? 0) + (survey?.deletedRuns.count ?? 0)
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
      {space.isError && <ErrorNotice error={space.error} />}
      {!survey && !space.isError && <Loading what="what takes space" />}
      <JobStrip job={clear.job} error={clear.error} />
      {freed && !clear.isBusy && <p role="status">{describeFreed(freed)}</p>}
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
  const { uses, unused, young, besideOthers, resting, ending, deletedRuns, nextEndAt, strangers, freeBytes } = survey
  const end = (text: string) => ({ text, align: 'end' }) as const
  const says = [
    unused.count === 0
      ? 'Nothing is stored that is a day old and that no run, dataset, model or image needs.'
      : `${amount(unused)} needed by nothing: it can go to the trash.`,
    young.count > 0 && `${amount(young)} needed by nothing yet and younger than a day, or of work that goes on.`,
    besideOthers.count > 0 &&
      `${amount(besideOthers)} needed by nothing, in a pack with files that are needed: it stays.`,
    ending.count > 0 && `${amount(ending)} in the trash for 30 days: it ends with the next move to the trash.`,
    resting.count > 0 &&
      `${amount(resting)} in the trash, to be taken back until its 30 days are over${nextEndAt === null ? '' : `, next on ${nextEndAt.slice(0, 10)}`}.`,
    deletedRuns.count > 0 &&
      `${describeCount(deletedRuns.count, 'deleted run')}, to be restored for 30 days each: what they hold stays until then.`,
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

function describeFreed({ moved, ended, runs, restored, freeBytes }: SpaceFreed): string {
  const did = [
    moved.count > 0 && `${amount(moved)} moved to the trash`,
    runs > 0 && `${describeCount(runs, 'deleted run')} gone for good`,
    ended.count > 0 && `${amount(ended)} ended`,
    restored.count > 0 && `${amount(restored)} taken back, since a record counts on it`,
  ].filter((text) => typeof text === 'string')
  return `${did.length === 0 ? 'Nothing was to be given back' : did.join(', ')}. ${describeBytes(freeBytes)} are free on the disk.`
}

function amount({ count, bytes }: SpaceAmount): string {
  return `${describeCount(count, 'thing')} (${describeBytes(bytes)})`
}
