import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { LayerName } from '../../../core/domain/image.ts'
import { PlainTable } from '../../components/plain-table.tsx'
import styles from './image-layers.module.css'

type ShownLayer = {
  readonly name: LayerName
  readonly sizeBytes: number
  readonly contents: readonly string[]
  readonly cached: boolean
}

const colours: Record<LayerName, string> = {
  base: '--series-1',
  runtime: '--series-3',
  dependencies: '--series-2',
  model: '--series-4',
  app: '--series-5',
}

/** An image as its layers: how much each weighs and what it holds. */
export function ImageLayers({ layers }: { readonly layers: readonly ShownLayer[] }) {
  const total = layers.reduce((sum, layer) => sum + layer.sizeBytes, 0)
  return (
    <div>
      <div className={styles.bar} aria-hidden>
        {layers.map((layer) => (
          <div
            key={layer.name}
            className={styles.part}
            style={{
              flexGrow: Math.max(layer.sizeBytes, total / 150),
              background: `var(${colours[layer.name]})`,
            }}
          />
        ))}
      </div>
      <PlainTable
        label="Layers"
        heads={['Layer', 'Holds', 'Store', { text: 'Size', align: 'end' }]}
        rows={layers.map((layer) => ({
          id: layer.name,
          cells: [
            <span key="name" className={styles.name}>
              <span className={styles.swatch} style={{ background: `var(${colours[layer.name]})` }} aria-hidden />
              {layer.name}
            </span>,
            <Contents key="contents" contents={layer.contents} />,
            <span key="cached" className={styles.muted}>
              {layer.cached ? 'cached' : 'to be made'}
            </span>,
            describeBytes(layer.sizeBytes),
          ],
        }))}
      />
    </div>
  )
}

const mostShown = 2

function Contents({ contents }: { readonly contents: readonly string[] }) {
  const shown = contents.slice(0, mostShown).join(', ')
  if (contents.length <= mostShown) return <span className={styles.muted}>{shown}</span>
  return (
    <details className={styles.contents}>
      <summary>
        {shown} and {contents.length - mostShown} more
      </summary>
      <ul>
        {contents.slice(mostShown).map((entry) => (
          <li key={entry}>{entry}</li>
        ))}
      </ul>
    </details>
  )
}
