import { X } from 'lucide-react'
import type { LineageNode } from '../../../core/domain/lineage.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { IconButton } from '../../components/button.tsx'
import { describeTime } from '../../components/describe-values.ts'
import { DigestText, Facts } from '../../components/facts.tsx'
import styles from './lineage-view.module.css'
import { describeKind, nameOf } from './lineage-words.ts'
import { placeOf } from './node-place.ts'

/** What is known of one node, and where it is shown whole. */
export function LineageNodeFacts({ node, onClose }: { readonly node: LineageNode; readonly onClose: () => void }) {
  const place = placeOf(node, useProjectKey())
  return (
    <section className={styles.card} aria-label={`${describeKind(node)} ${nameOf(node)}`}>
      <div className={styles.cardHead}>
        <h3>{describeKind(node)}</h3>
        <IconButton icon={X} label="Close" onClick={onClose} />
      </div>
      <Facts
        facts={[
          ['Name', nameOf(node)],
          node.digest !== null && ['Digest', <DigestText key="digest" digest={node.digest} />],
          node.at !== null && ['Recorded', describeTime(node.at)],
        ]}
      />
      {place && <a href={place.href}>{place.words}</a>}
    </section>
  )
}
