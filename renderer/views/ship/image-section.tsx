import { RefreshCw, Save } from 'lucide-react'
import { useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { Image } from '../../../core/domain/image.ts'
import type { Parity } from '../../../core/domain/parity.ts'
import { Button } from '../../components/button.tsx'
import { describeRowsOrigin } from '../../components/describe-parity.ts'
import { describeSmall, describeTime } from '../../components/describe-values.ts'
import { DigestText, Facts } from '../../components/facts.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useProveParity, useSaveImage } from '../../queries/image-queries.ts'
import { describeDifference } from '../models/onnx-notice.tsx'
import { ParityBadge } from './images-list.tsx'
import { JobStrip } from './job-strip.tsx'
import styles from './ship-page.module.css'
import { useStartedJob } from './use-started-job.ts'

/** The image as it lies in the project's store, and its parity certificate. */
export function ImageSection({ image }: { readonly image: Image }) {
  const prove = useStartedJob('parity', useProveParity())
  const [file, setFile] = useState('')
  const save = useStartedJob('build', useSaveImage())
  return (
    <Section
      title="Image"
      tools={
        <Button
          icon={RefreshCw}
          busy={prove.isBusy}
          onClick={() => void prove.start({ image: image.manifestDigest, level: 'auto' })}
        >
          Prove parity again
        </Button>
      }
    >
      <div className={styles.columns}>
        <Facts
          facts={[
            ['Manifest', <DigestText key="manifest" digest={image.manifestDigest} />],
            ['Image id', <DigestText key="id" digest={image.imageId} />],
            ['Size', `${describeBytes(image.sizeBytes)} in ${image.layers.length} layers`],
            ['Base', image.base],
            ['Platform', image.platform],
            ['Built', describeTime(image.builtAt)],
          ]}
        />
        <div className={styles.stack}>
          <ParityFacts parity={image.parity} />
          <JobStrip job={prove.job} error={prove.error} />
        </div>
      </div>
      <details className={styles.more}>
        <summary>Layers, and saving it as a file</summary>
        <PlainTable
          label="Layers of the image"
          heads={['Layer', 'Digest', 'Media type', { text: 'Size', align: 'end' }]}
          rows={image.layers.map((layer) => ({
            id: layer.digest,
            cells: [
              layer.name,
              <DigestText key="digest" digest={layer.digest} />,
              <code key="type">{layer.mediaType}</code>,
              describeBytes(layer.sizeBytes),
            ],
          }))}
        />
        <form
          className={styles.row}
          onSubmit={(event) => {
            event.preventDefault()
            if (file.trim()) void save.start({ image: image.manifestDigest, file: file.trim(), format: 'docker' })
          }}
        >
          <div className={styles.reference}>
            <Field label="Save as a file" help="A tar archive that docker load and podman load take.">
              {(props) => (
                <TextInput
                  {...props}
                  placeholder="image.tar"
                  value={file}
                  onChange={(event) => setFile(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Button type="submit" icon={Save} disabledReason={file.trim() ? null : 'Name a file first.'}>
            Save
          </Button>
        </form>
        <JobStrip job={save.job} error={save.error} />
      </details>
    </Section>
  )
}

function ParityFacts({ parity }: { readonly parity: Parity | null }) {
  if (parity === null) {
    return <Facts facts={[['Parity', <ParityBadge key="badge" parity={null} />]]} />
  }
  return (
    <Facts
      facts={[
        ['Parity', <ParityBadge key="badge" parity={parity} />],
        ['Asked', `${parity.rows} rows over the ${parity.level}, for ${parity.outputs.join(' and ')}`],
        ['Largest difference', describeSmall(parity.maxDifference)],
        ['Tolerance', `${parity.tolerance.absolute} absolute, ${parity.tolerance.relative} relative`],
        ['Compared on', describeRowsOrigin(parity.rowsOrigin)],
        ['First difference', parity.first && describeDifference(parity.first)],
        ['Note', parity.detail],
      ]}
    />
  )
}
