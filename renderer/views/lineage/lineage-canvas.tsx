import '@xyflow/react/dist/style.css'
import { graphlib, layout } from '@dagrejs/dagre'
import { Controls, type Edge, Handle, MarkerType, type Node, Position, ReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import type { LineageGraph, LineageNode } from '../../../core/domain/lineage.ts'
import styles from './lineage-view.module.css'
import { kindIcons, kindWords, nameOf } from './lineage-words.ts'

type LineageFlowNode = Node<{ node: LineageNode; isOrigin: boolean }, 'lineage'>

const nodeTypes = { lineage: LineageNodeCard }
const size = { width: 190, height: 46 }

/** The graph from cause (left) to effect (right). */
export function LineageCanvas({ graph, origin }: { readonly graph: LineageGraph; readonly origin: string }) {
  const { nodes, edges } = useMemo(() => arrange(graph, origin), [graph, origin])
  return (
    <div className={styles.flow}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ minZoom: 0.62, maxZoom: 1 }}
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        panActivationKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomActivationKeyCode={null}
        deleteKeyCode={null}
        aria-label="Lineage from cause to effect. Take the check off “As a picture” to read it as a list."
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  )
}

function LineageNodeCard({ data: { node, isOrigin } }: { readonly data: LineageFlowNode['data'] }) {
  const Icon = kindIcons[node.kind]
  return (
    <div className={styles.node} data-origin={isOrigin || undefined} title={node.id}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className={styles.kind}>
        <Icon size={12} aria-hidden />
        {kindWords[node.kind]}
      </span>
      <span className={styles.name}>{nameOf(node)}</span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}

function arrange(graph: LineageGraph, origin: string): { nodes: LineageFlowNode[]; edges: Edge[] } {
  const sheet = new graphlib.Graph()
    .setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 40 })
    .setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) sheet.setNode(node.id, { ...size })
  for (const edge of graph.edges) sheet.setEdge(edge.from, edge.to)
  layout(sheet)
  return {
    nodes: graph.nodes.map((node) => {
      const { x, y } = sheet.node(node.id) as { x: number; y: number }
      return {
        id: node.id,
        type: 'lineage' as const,
        position: { x: x - size.width / 2, y: y - size.height / 2 },
        data: { node, isOrigin: node.id.endsWith(`:${origin}`) || node.digest === origin },
        ariaLabel: `${kindWords[node.kind]} ${nameOf(node)}`,
      }
    }),
    edges: graph.edges.map((edge) => ({
      id: `${edge.from} ${edge.to} ${edge.kind}`,
      source: edge.from,
      target: edge.to,
      ariaLabel: edge.kind,
      markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--control-border)' },
      style: { stroke: 'var(--control-border)' },
    })),
  }
}
