import { SearchCheck, ShieldCheck } from 'lucide-react'
import { describePlace } from '../../../core/domain/describe-place.ts'
import type { Proof } from '../../../core/domain/proof.ts'
import type { Run } from '../../../core/domain/run.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { describeDuration, describeTime } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { DigestText, Facts } from '../../components/facts.tsx'
import { ScrollSection, Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useProofs } from '../../queries/proof-queries.ts'
import { JobStrip } from '../ship/job-strip.tsx'
import { describeDetail, describeVerdict, showValue, trialWords, verdictLooks } from './proof-words.ts'
import styles from './run-proof.module.css'
import { useProofJob } from './use-proof-job.ts'

/** A past run executed again: how to start it, where it stands, and what came of it. */
export function RunProof({ run }: { readonly run: Run }) {
  const proofs = useProofs(run.id)
  const proving = useProofJob(run)
  const [newest, ...earlier] = proofs.data ?? []
  return (
    <ScrollSection label="Proof of the run">
      <Section
        title="Proof"
        tools={
          <div className={styles.tools}>
            {newest?.verdict === 'differs' && newest.cause === null && (
              <Button
                icon={SearchCheck}
                disabledReason={proving.disabledReason}
                busy={proving.isBusy}
                onClick={() => proving.start(true)}
              >
                Find out why
              </Button>
            )}
            <Button
              look={newest ? 'plain' : 'primary'}
              icon={ShieldCheck}
              disabledReason={proving.disabledReason}
              busy={proving.isBusy}
              onClick={() => proving.start(false)}
            >
              {newest ? 'Prove it again' : 'Prove it'}
            </Button>
          </div>
        }
      >
        <div className={styles.stack}>
          <JobStrip job={proving.job} error={proving.error} />
          {proofs.isError && <ErrorNotice error={proofs.error} />}
          {newest && <ProofFacts proof={newest} />}
          {proofs.data && !newest && !proving.isBusy && <NeverProved />}
        </div>
      </Section>
      {newest && <Compared proof={newest} />}
      {earlier.length > 0 && (
        <Section title="Earlier proofs" count={earlier.length}>
          <PlainTable
            label="Earlier proofs"
            heads={['When', 'Verdict', 'First difference', { text: 'Took', align: 'end' }]}
            rows={earlier.map((proof) => ({
              id: proof.at,
              cells: [
                describeTime(proof.at),
                <Verdict key="verdict" verdict={proof.verdict} />,
                proof.first ? `${proof.first.step}, ${proof.first.artifact}` : '',
                describeDuration(proof.durationMs),
              ],
            }))}
          />
        </Section>
      )}
    </ScrollSection>
  )
}

function NeverProved() {
  return (
    <EmptyState icon={ShieldCheck} title="Never proved">
      Every step is executed again in a folder of its own: with the code, params, files, packages, locale, time zone and
      hash seed that were recorded. Whatever it gives is compared with the record, value by value.
    </EmptyState>
  )
}

function Verdict({ verdict }: { readonly verdict: Proof['verdict'] }) {
  const { tone, icon, word } = verdictLooks[verdict]
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  )
}

function ProofFacts({ proof }: { readonly proof: Proof }) {
  const { cause, environment, notes } = proof
  return (
    <>
      <p className={styles.verdict}>
        <Verdict verdict={proof.verdict} /> {describeVerdict(proof)}
      </p>
      {cause && (
        <div className={styles.cause}>
          <p>
            <strong>Why:</strong> {cause.description}
          </p>
          <details>
            <summary>What was tried ({cause.trials.length})</summary>
            <ul className={styles.trials}>
              {cause.trials.map((trial, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a finished list; the same change may be tried twice
                <li key={at}>
                  {trial.change}: {trialWords[trial.result]}
                </li>
              ))}
            </ul>
          </details>
        </div>
      )}
      <Facts
        facts={[
          ['Proved', `${describeTime(proof.at)}, took ${describeDuration(proof.durationMs)}`],
          [
            'Environment',
            `Python ${environment.python}, ${environment.rebuilt ? 'made again from its lock' : 'the present one: its lock is the same'}`,
          ],
          ['Lock', <DigestText key="lock" digest={environment.lockDigest} />],
          ...notes.map((note): [string, string] => ['Note', note]).slice(0, 1),
        ]}
      />
      {notes.length > 1 && (
        <ul className={styles.trials}>
          {notes.slice(1).map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  )
}

/** Steps and what they gave, differences with their place and both values. */
function Compared({ proof }: { readonly proof: Proof }) {
  const rows = proof.steps.flatMap(({ step, cached, artifacts }) =>
    artifacts.map((one, at) => ({
      id: `${step} ${one.role} ${one.artifact}`,
      cells: [
        at === 0 ? <strong key="step">{step}</strong> : '',
        one.artifact,
        one.role === 'predictions' ? 'predictions' : one.kind,
        <Verdict key="verdict" verdict={one.verdict} />,
        describePlace(one),
        <code key="recorded">{showValue(one.recorded)}</code>,
        <code key="now">{showValue(one.reproduced)}</code>,
        [at === 0 && cached ? 'proved through the step run that it reuses' : '', describeDetail(one)]
          .filter(Boolean)
          .join('; '),
      ],
    })),
  )
  return (
    <Section title="Compared" count={rows.length}>
      {rows.length === 0 ? (
        <p className={styles.muted}>The steps of this run gave nothing to compare.</p>
      ) : (
        <PlainTable
          label="Results compared"
          heads={['Step', 'Result', 'Kind', 'Verdict', 'Where', 'Recorded', 'Now', 'Detail']}
          rows={rows}
        />
      )}
    </Section>
  )
}
