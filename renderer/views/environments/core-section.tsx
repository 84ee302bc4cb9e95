import { Square } from 'lucide-react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import { writeDuration } from '../../../core/domain/quantity.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { describeAgo } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Facts } from '../../components/facts.tsx'
import { Field, SelectInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { Section } from '../../components/page.tsx'
import { useChangeSettings, useSettings } from '../../queries/home-queries.ts'
import { useCore, useStopCore } from '../../queries/workspace-queries.ts'
import styles from './environments-area.module.css'

const minute = 60_000
const usualTimes: readonly number[] = [10 * minute, 60 * minute, 480 * minute]

/** The process in which the core lives, and whether one is to go on when the window is closed. */
export function CoreSection() {
  const core = useCore()
  const stop = useStopCore()
  const kept = core.data?.keptMs ?? null
  return (
    <Section
      title="Core"
      tools={
        <Button
          icon={Square}
          busy={stop.isPending}
          disabledReason={
            !core.data
              ? 'Whether it is kept is not known yet.'
              : kept === null
                ? 'It is not kept: it ends with its workbench.'
                : null
          }
          onClick={() => stop.mutate(undefined, { onSuccess: () => announce('The core that was kept ends') })}
        >
          Stop the kept core
        </Button>
      }
    >
      <div className={styles.said}>
        {stop.isError && <ErrorNotice error={stop.error} />}
        {core.isError && <ErrorNotice error={core.error} />}
      </div>
      <div className={styles.columns}>
        {core.data ? (
          <Facts
            facts={[
              ['State', kept === null ? 'Ends with its workbench' : `Kept until unused for ${writeDuration(kept)}`],
              ['Process', String(core.data.pid)],
              ['Since', describeAgo(core.data.startedAt)],
              ['Memory', describeBytes(core.data.memoryBytes)],
            ]}
          />
        ) : (
          !core.isError && <Loading what="the core" />
        )}
        <KeepField />
      </div>
    </Section>
  )
}

function KeepField() {
  const settings = useSettings()
  const change = useChangeSettings()
  const set = settings.data?.keepCoreMs ?? null
  const times = set === null || usualTimes.includes(set) ? usualTimes : [...usualTimes, set].sort((a, b) => a - b)
  return (
    <div>
      <Field
        label="Keep a core running after the window closes"
        help="Commands in a shell then find it and answer at once. It takes memory until it was unused for that time."
      >
        {(field) => (
          <SelectInput
            {...field}
            value={set === null ? '' : String(set)}
            disabled={!settings.data}
            onChange={({ target: { value } }) => change.mutate({ keepCoreMs: value === '' ? null : Number(value) })}
          >
            <option value="">No, it ends with the window</option>
            {times.map((ms) => (
              <option key={ms} value={ms}>
                Until unused for {writeDuration(ms)}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      {(settings.isError || change.isError) && <ErrorNotice error={change.error ?? settings.error} />}
    </div>
  )
}
