import { CircleCheck, CircleX, RefreshCw, TriangleAlert } from 'lucide-react'
import type { EnvironmentStatus } from '../../../core/domain/environment.ts'
import { Badge, type Tone } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { DigestText, Facts } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page, Section } from '../../components/page.tsx'
import { useEngine } from '../../queries/image-queries.ts'
import { useRunDoctor } from '../../queries/job-queries.ts'
import { useEnvironmentStatus, useSyncEnvironment } from '../../queries/workspace-queries.ts'
import type { AreaParts } from '../../shell/area.ts'
import { JobStrip } from '../ship/job-strip.tsx'
import { useStartedJob } from '../ship/use-started-job.ts'
import { CoreSection } from './core-section.tsx'
import { DiskSpaceSection } from './disk-space-section.tsx'
import { DoctorReport } from './doctor-report.tsx'
import styles from './environments-area.module.css'
import { PackageList } from './package-list.tsx'
import { PastEnvironments } from './past-environments.tsx'
import { RecordingSection } from './recording-section.tsx'

type State = EnvironmentStatus['state']

const looks: Record<State, { tone: Tone; icon: typeof CircleCheck; word: string; action: string }> = {
  missing: { tone: 'warning', icon: TriangleAlert, word: 'Not created yet', action: 'Create the environment' },
  ready: { tone: 'success', icon: CircleCheck, word: 'Ready', action: 'Check and mend' },
  drifted: { tone: 'stale', icon: TriangleAlert, word: 'Differs from its lock', action: 'Bring up to date' },
  broken: { tone: 'danger', icon: CircleX, word: 'Broken', action: 'Mend the environment' },
}

/** The interpreter and packages that steps really run with, the engine, and the health of what is stored. */
function EnvironmentsMain() {
  const status = useEnvironmentStatus()
  const sync = useStartedJob('environment', useSyncEnvironment())
  const doctor = useStartedJob('doctor', useRunDoctor())
  if (status.isError) return <Page title="Environments">{<ErrorNotice error={status.error} />}</Page>
  if (!status.data) return <Loading what="the environment" />
  const look = looks[status.data.state]
  const environment = 'environment' in status.data ? status.data.environment : null
  return (
    <Page
      title={
        <>
          Environment
          <Badge tone={look.tone} icon={look.icon}>
            {look.word}
          </Badge>
        </>
      }
      note={'reason' in status.data && status.data.state !== 'missing' ? toSentence(status.data.reason) : undefined}
      actions={
        <Button
          look={status.data.state === 'ready' ? 'plain' : 'primary'}
          icon={RefreshCw}
          busy={sync.isBusy}
          onClick={() => void sync.start(undefined)}
        >
          {look.action}
        </Button>
      }
    >
      <JobStrip job={sync.job} error={sync.error} />
      {environment ? (
        <div className={styles.columns}>
          <Section title="Interpreter and lock">
            <Facts
              facts={[
                ['Python', `${environment.python} (${environment.implementation})`],
                ['Platform', environment.platform],
                ['Lock', <DigestText key="lock" digest={environment.lockDigest} />],
              ]}
            />
          </Section>
          <Engine />
        </div>
      ) : (
        !sync.isBusy && (
          <Section title="Packages">
            <EmptyState icon={RefreshCw} title="No environment yet">
              The first run creates it from the project's requirements and writes the full lock.
            </EmptyState>
          </Section>
        )
      )}
      {!environment && <Engine />}
      <Section
        title="Stored data"
        tools={
          <Button busy={doctor.isBusy} onClick={() => void doctor.start(false)}>
            Check everything
          </Button>
        }
      >
        <JobStrip job={doctor.job} error={doctor.error} />
        <DoctorReport job={doctor.job} />
      </Section>
      <DiskSpaceSection />
      <RecordingSection />
      <CoreSection />
      <PastEnvironments />
      {environment && (
        <Section title="Packages" count={environment.packages.length}>
          <PackageList packages={environment.packages} />
        </Section>
      )}
    </Page>
  )
}

function Engine() {
  const engine = useEngine().data
  return (
    <Section title="Container engine">
      <Facts
        facts={
          engine?.state === 'ready'
            ? [
                ['State', 'Ready'],
                ['Engine', `${engine.name} ${engine.version}`],
                ['Socket', <code key="socket">{engine.socket}</code>],
              ]
            : [
                ['State', engine ? `${toSentence(engine.state)}: ${engine.reason}` : 'Looking for one…'],
                ['What to do', engine?.remedy ?? null],
              ]
        }
      />
    </Section>
  )
}

function toSentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const environmentsArea: AreaParts = { Main: EnvironmentsMain }
