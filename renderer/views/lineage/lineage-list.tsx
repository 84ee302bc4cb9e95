// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import type { LineageGraph, LineageNode } from '../../../core/domain/lineage.ts'
import { DigestText } from '../../components/facts.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import styles from './lineage-view.module.css'
import { kindWords, nameOf } from './lineage-words.ts'

/** The graph as a table: each thing, what it is, and what it came from. */
export function LineageList({ graph }: { readonly graph: LineageGraph }) {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const causes = (node: LineageNode) =>
    graph.edges
      .filter((edge) => edge.to === node.id)
      .map((edge) => byId.get(edge.from))
      .filter((cause) => cause !== undefined)
      .map((cause) => `${kindWords[cause.kind].toLowerCase()} ${nameOf(cause)}`)
      .join(', ')
  return (
    <section className={styles.list} aria-label="Lineage as a list" tabIndex={0}>
      <PlainTable
        label="Lineage"
        heads={['Kind', 'Name', 'Digest', 'Came from']}
        rows={graph.nodes.map((node) => ({
          id: node.id,
          cells: [
            kindWords[node.kind],
            nameOf(node),
            node.digest ? <DigestText key="digest" digest={node.digest} /> : '',
            causes(node),
          ],
        }))}
      />
    </section>
  )
}
