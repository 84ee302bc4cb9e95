import '@xyflow/react/dist/base.css'
import { MarkerType, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { Maximize, Minus, Plus, TriangleAlert, Workflow } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import { announce } from '../../components/announcer.tsx'
import { stepStateWords } from '../../components/badge.tsx'
import { IconButton } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { stillCanvas } from '../../components/still-canvas.ts'
import { openPlace } from '../../live/open-place.ts'
import { selectStep, useSelectedStep } from '../../live/selected-step.ts'
import { usePipelineNow } from '../../live/use-pipeline-now.ts'
import { labelOf, moveInGraph, nodeHeight, nodeWidth, placeGraph } from './graph-layout.ts'
import styles from './graph-view.module.css'
import { StepEdge, type StepEdgeType } from './step-edge.tsx'
import { StepNode, type StepNodeType } from './step-node.tsx'
import { useStepStatuses } from './use-step-statuses.ts'

const nodeTypes = { step: StepNode }
const edgeTypes = { step: StepEdge }

/** The pipeline as a picture, drawn from the text as it is typed. The outline lists the same for other readers. */
export function GraphView() {
  const { graph, brokenAt, error } = usePipelineNow()
  if (error && !graph) {
    return (
      <div className={styles.notice}>
        <ErrorNotice error={error} />
      </div>
    )
  }
  if (graph?.steps.length === 0) {
    return (
      <EmptyState icon={Workflow} title="No steps yet">
        A step is a Python function under <code>@step</code>. Its positional parameters name the steps it needs.
      </EmptyState>
    )
  }
  return (
    <div className={styles.place}>
      {brokenAt && (
        <p className={styles.broken} role="status">
          <TriangleAlert size={13} aria-hidden />
          <span>
            Showing the last valid graph. {brokenAt.module} cannot be read at{' '}
            <button type="button" className={styles.link} onClick={() => openPlace(brokenAt)}>
              line {brokenAt.line}
            </button>
            .
          </span>
        </p>
      )}
      <div className={styles.canvas} data-old={brokenAt ? true : undefined}>
        <ReactFlowProvider>
          <Canvas />
        </ReactFlowProvider>
      </div>
    </div>
  )
}

function Canvas() {
  const graph = usePipelineNow((now) => now.graph)
  const statuses = useStepStatuses()
  const selected = useSelectedStep((state) => state.step)
  const flow = useReactFlow()
  // Layout depends on names and edges alone, so that typing inside a step moves nothing.
  const shape = graph ? JSON.stringify([graph.steps.map((step) => step.name), graph.edges]) : ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` says all that the layout depends on
  const placed = useMemo(() => (graph ? placeGraph(graph) : { steps: [], edges: [] }), [shape])
  const nodes = useMemo<StepNodeType[]>(
    () =>
      placed.steps.map(({ name, x, y }) => ({
        id: name,
        type: 'step',
        position: { x, y },
        width: nodeWidth,
        height: nodeHeight,
        data: { name, status: statuses.get(name), selected: name === selected },
      })),
    [placed, statuses, selected],
  )
  const edges = useMemo<StepEdgeType[]>(
    () =>
      placed.edges.map((edge) => ({
        id: edge.id,
        type: 'step',
        source: edge.from,
        target: edge.to,
        markerEnd: { type: MarkerType.ArrowClosed, width: 13, height: 13, color: 'var(--control-border)' },
        data: { points: edge.points, labelAt: edge.labelAt, label: labelOf(edge), isNear: isEnd(edge, selected) },
      })),
    [placed, selected],
  )

  const showAll = () => void flow.fitView({ padding: 0.05, maxZoom: 1, duration: 0 })
  const fitNow = useRef(showAll)
  fitNow.current = showAll
  const element = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture is fitted anew
  useEffect(() => {
    const timer = setTimeout(() => fitNow.current(), 30)
    return () => clearTimeout(timer)
  }, [placed])
  useEffect(() => {
    const observer = new ResizeObserver(() => fitNow.current())
    observer.observe(element.current as HTMLDivElement)
    return () => observer.disconnect()
  }, [])

  const openStep = (name: string | null) => {
    const step = graph?.steps.find((candidate) => candidate.name === name)
    if (step) openPlace(step.span)
  }
  const hear = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const next = moveInGraph(placed, selected, event.key)
    if (next) {
      selectStep(next)
      const status = statuses.get(next)
      announce([next, status && stepStateWords[status.state], ...(status?.reasons ?? [])].filter(Boolean).join(', '))
    } else if (event.key === 'Enter') openStep(selected)
    else if (event.key === '+') void flow.zoomIn()
    else if (event.key === '-') void flow.zoomOut()
    else if (event.key === '0') showAll()
    else return
    event.preventDefault()
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; this is a picture to walk in
    <div
      ref={element}
      className={styles.flow}
      role="group"
      aria-label="Pipeline graph. Arrow keys move between steps, Enter opens a step in the editor. The outline in the sidebar lists the same steps."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the graph is walked by arrow keys
      tabIndex={0}
      onKeyDown={hear}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...stillCanvas}
        nodesFocusable={false}
        zoomOnDoubleClick={false}
        minZoom={0.2}
        onNodeClick={(_, node) => selectStep(node.id)}
        onNodeDoubleClick={(_, node) => openStep(node.id)}
        onPaneClick={() => selectStep(null)}
      />
      <div className={styles.tools}>
        <IconButton icon={Plus} label="Zoom in" shortcut="+" onClick={() => void flow.zoomIn()} />
        <IconButton icon={Minus} label="Zoom out" shortcut="-" onClick={() => void flow.zoomOut()} />
        <IconButton icon={Maximize} label="Fit the graph" shortcut="0" onClick={showAll} />
      </div>
    </div>
  )
}

function isEnd({ from, to }: { readonly from: string; readonly to: string }, step: string | null): boolean {
  return from === step || to === step
}
