import { useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { Button } from '../../components/button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { Section } from '../../components/page.tsx'
import { useRecording } from '../../queries/workspace-queries.ts'
import { useReadOnlyReason } from '../data/use-read-only-reason.ts'
import { RecordingDialog } from './recording-dialog.tsx'

/** How much of what runs read and print is kept, and changing it. */
export function RecordingSection() {
  const recording = useRecording()
  const readOnly = useReadOnlyReason()
  const [changes, setChanges] = useState(false)
  const kept = recording.data
  return (
    <Section
      title="What runs keep"
      tools={
        <Button
          disabledReason={readOnly ?? (kept ? null : 'What holds now is not known yet.')}
          onClick={() => setChanges(true)}
        >
          Change limits
        </Button>
      }
    >
      {recording.isError && <ErrorNotice error={recording.error} />}
      {kept ? (
        <Facts
          facts={[
            [
              'Files read',
              `up to ${describeBytes(kept.keepFileBytes)} each, ${describeBytes(kept.keepRunBytes)} a run`,
            ],
            ['Output of a step', `up to ${describeBytes(kept.keepLogBytes)}, half from each end`],
          ]}
        />
      ) : (
        !recording.isError && <Loading what="the limits" />
      )}
      {changes && kept && <RecordingDialog kept={kept} onClose={() => setChanges(false)} />}
    </Section>
  )
}
