import { ShieldCheck, ShieldOff } from 'lucide-react'
import type { DatasetEntry, DatasetVersionDetail } from '../../../core/domain/dataset.ts'
import { schemaProblems } from '../../../core/domain/expected-schema.ts'
import { announce } from '../../components/announcer.tsx'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { useExpectSchema } from '../../queries/dataset-queries.ts'
import styles from './dataset-page.module.css'
import { useReadOnlyReason } from './use-read-only-reason.ts'

type ExpectedSchemaProps = { readonly dataset: DatasetEntry; readonly detail: DatasetVersionDetail }

/** Above the columns of the newest version: whether they are those that are expected, and expecting them from now on. */
export function ExpectedSchema({ dataset, detail }: ExpectedSchemaProps) {
  const { name, expectedSchema = {} } = dataset
  const readOnly = useReadOnlyReason()
  const change = useExpectSchema()
  const isSet = Object.keys(expectedSchema).length > 0
  const problems = isSet ? schemaProblems(expectedSchema, detail.schema) : []
  const set = (clear: boolean) =>
    change.mutate(
      { name, clear },
      {
        onSuccess: () =>
          announce(clear ? `Of ${name} nothing is expected any more` : `The columns of ${name} are expected now`),
      },
    )
  return (
    <div className={styles.expected}>
      <div className={styles.expectedLine}>
        {isSet && problems.length === 0 && (
          <Badge tone="success" icon={ShieldCheck}>
            As expected
          </Badge>
        )}
        {problems.length > 0 && (
          <Badge tone="warning" icon={ShieldOff}>
            Not as expected
          </Badge>
        )}
        <Button
          small
          icon={ShieldCheck}
          disabledReason={readOnly ?? (isSet && problems.length === 0 ? 'They are expected already.' : null)}
          onClick={() => set(false)}
        >
          Expect these columns
        </Button>
        <Button
          small
          look="quiet"
          disabledReason={readOnly ?? (isSet ? null : 'Nothing is expected.')}
          onClick={() => set(true)}
        >
          Expect nothing
        </Button>
        <span className={styles.muted}>
          {isSet
            ? `${describeCount(Object.keys(expectedSchema).length, 'column')} in slipway.toml: a run is refused while the files have others.`
            : 'Then a run is refused once the files have other columns or types.'}
        </span>
      </div>
      {problems.length > 0 && (
        <ul className={styles.problems} aria-label="What is not as expected">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      {change.isError && <ErrorNotice error={change.error} />}
    </div>
  )
}
