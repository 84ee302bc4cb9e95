import { SendHorizontal } from 'lucide-react'
import { useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { Image } from '../../../core/domain/image.ts'
import type { ModelVersion } from '../../../core/domain/model.ts'
import { Button } from '../../components/button.tsx'
import { describeTime } from '../../components/describe-values.ts'
import { Dialog } from '../../components/dialog.tsx'
import { DigestText } from '../../components/facts.tsx'
import { Checkbox, Field, TextInput } from '../../components/field.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useDefaultRegistry, usePushImage } from '../../queries/image-queries.ts'
import { useEvidence } from '../../queries/model-queries.ts'
import { JobStrip } from './job-strip.tsx'
import styles from './ship-page.module.css'
import { useStartedJob } from './use-started-job.ts'

type PushSectionProps = { readonly version: ModelVersion; readonly image: Image }

/** The one act that leaves the project: confirmed with its effect, then read back by digest. */
export function PushSection({ version, image }: PushSectionProps) {
  const registry = useDefaultRegistry().data
  const evidence = useEvidence(`${version.name}@${version.version}`)
  const push = useStartedJob('push', usePushImage())
  const [typed, setTyped] = useState<string | null>(null)
  const [login, setLogin] = useState({ username: '', password: '' })
  const [acknowledged, setAcknowledged] = useState(false)
  const [asks, setAsks] = useState(false)
  const usual = registry ? `${registry.reference}/${version.name}:${version.version}` : ''
  const reference = (typed ?? usual).trim()
  const unstated = (evidence.data?.data ?? []).some((file) => file.licence === null)
  const reason = refuse(version, image) ?? (reference === '' ? 'Name where to push to.' : null)
  const start = () => {
    setAsks(false)
    void push.start({
      image: image.manifestDigest,
      reference,
      options: {
        ...(login.username ? login : {}),
        ...(unstated ? { acknowledgeUnstatedLicence: acknowledged } : {}),
      },
    })
  }
  return (
    <Section
      title="Push"
      tools={
        <Button
          look="primary"
          icon={SendHorizontal}
          busy={push.isBusy}
          disabledReason={reason}
          onClick={() => setAsks(true)}
        >
          Push
        </Button>
      }
    >
      <div className={styles.stack}>
        {reason && <p className={styles.muted}>{reason}</p>}
        <div className={styles.row}>
          <div className={styles.reference}>
            <Field
              label="Image reference"
              help={
                registry?.embedded ? 'The embedded registry of this project; any other registry works too.' : undefined
              }
            >
              {(props) => (
                <TextInput {...props} value={typed ?? usual} onChange={(event) => setTyped(event.target.value)} />
              )}
            </Field>
          </div>
        </div>
        <details className={styles.more}>
          <summary>Login, when the registry demands one</summary>
          <div className={styles.form}>
            <Field label="User name">
              {(props) => (
                <TextInput
                  {...props}
                  autoComplete="off"
                  value={login.username}
                  onChange={(event) => setLogin({ ...login, username: event.target.value })}
                />
              )}
            </Field>
            <Field label="Password or token" help="Used for this push and kept nowhere.">
              {(props) => (
                <TextInput
                  {...props}
                  type="password"
                  autoComplete="off"
                  value={login.password}
                  onChange={(event) => setLogin({ ...login, password: event.target.value })}
                />
              )}
            </Field>
          </div>
        </details>
        <JobStrip job={push.job} error={push.error} />
        {image.pushes.length > 0 && (
          <PlainTable
            label="Pushes"
            heads={[
              'Reference',
              'Digest read back',
              { text: 'Uploaded', align: 'end' },
              { text: 'Already there', align: 'end' },
              'When',
            ]}
            rows={image.pushes.map((entry) => ({
              id: `${entry.reference} ${entry.pushedAt}`,
              cells: [
                <code key="reference">{entry.reference}</code>,
                <DigestText key="digest" digest={entry.manifestDigest} />,
                describeBytes(entry.uploadedBytes),
                describeBytes(entry.skippedBytes),
                `${describeTime(entry.pushedAt)} by ${entry.pushedBy}`,
              ],
            }))}
          />
        )}
      </div>
      <Dialog
        open={asks}
        onClose={() => setAsks(false)}
        title="Push this image?"
        description={
          <>
            {version.name} version {version.version} goes to <code>{reference}</code>: at most{' '}
            {describeBytes(image.sizeBytes)}; layers that are there already are not sent again.
          </>
        }
        actions={
          <>
            <Button onClick={() => setAsks(false)}>Cancel</Button>
            <Button
              look="primary"
              disabledReason={
                evidence.isPending
                  ? 'What the data allows is being read.'
                  : unstated && !acknowledged
                    ? 'Acknowledge the unstated licence first.'
                    : null
              }
              onClick={start}
            >
              Push
            </Button>
          </>
        }
      >
        {unstated && (
          <Checkbox
            label="Some data states no licence. I know that and may ship a model made from it."
            checked={acknowledged}
            onChange={(event) => setAcknowledged(event.target.checked)}
          />
        )}
      </Dialog>
    </Section>
  )
}

/** Core refuses the same from every door; the button only says it earlier. */
function refuse(version: ModelVersion, image: Image): string | null {
  if (version.approval?.state === 'rejected') return 'This version was rejected.'
  if (version.approval === null) return 'This version is not approved. Review its evidence under Models first.'
  if (version.approval.stale !== null) return `The approval no longer holds: ${version.approval.stale}`
  if (image.parity?.state === 'failed') return 'The image does not answer as the model did. See its parity above.'
  if (image.parity === null || image.parity.state === 'unknown') return 'Parity is unknown. Prove it first.'
  return null
}
