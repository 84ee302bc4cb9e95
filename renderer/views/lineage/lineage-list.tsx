// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import type { LineageGraph, LineageNode } from '../../../core/domain/lineage.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { DigestText } from '../../components/facts.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import styles from './lineage-view.module.css'
import { describeKind, nameOf } from './lineage-words.ts'
import { placeOf } from './node-place.ts'

/** The graph as a table: each thing, what it is, and what it came from. */
export function LineageList({ graph }: { readonly graph: LineageGraph }) {
  const project = useProjectKey()
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const causes = (node: LineageNode) =>
    graph.edges
      .filter((edge) => edge.to === node.id)
      .map((edge) => byId.get(edge.from))
      .filter((cause) => cause !== undefined)
      .map((cause) => `${describeKind(cause).toLowerCase()} ${nameOf(cause)}`)
      .join(', ')
  const nameWithPlace = (node: LineageNode) => {
    const place = placeOf(node, project)
    if (place === null) return nameOf(node)
    return (
      <a key="name" href={place.href} title={place.words}>
        {nameOf(node)}
      </a>
    )
  }
  return (
    <section className={styles.list} aria-label="Lineage as a list" tabIndex={0}>
      <PlainTable
        label="Lineage"
        heads={['Kind', 'Name', 'Digest', 'Came from']}
        rows={graph.nodes.map((node) => ({
          id: node.id,
          cells: [
            describeKind(node),
            nameWithPlace(node),
            node.digest ? <DigestText key="digest" digest={node.digest} /> : '',
            causes(node),
          ],
        }))}
      />
    </section>
  )
}
