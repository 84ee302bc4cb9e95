import { describe, expect, it } from 'vitest'
import {
  labelOf,
  moveInGraph,
  nodeHeight,
  nodeWidth,
  placeGraph,
  toCurve,
} from '../../../../renderer/views/build/graph-layout.ts'
import { readPipeline } from '../../../fakes/fixture-pipeline.ts'
import { pipelineText } from '../../../fakes/fixture-sources.ts'

const pipeline = readPipeline('pipeline.py', pipelineText)
const graph = placeGraph(pipeline)
const place = (name: string) => graph.steps.find((step) => step.name === name) as (typeof graph.steps)[number]

describe('the picture of a pipeline', () => {
  it('puts every step below what it needs', () => {
    for (const { from, to } of pipeline.edges) expect(place(from).y + nodeHeight).toBeLessThan(place(to).y)
  })

  it('lets no two steps overlap', () => {
    for (const a of graph.steps)
      for (const b of graph.steps)
        if (a !== b) expect(Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight).toBe(true)
  })

  it('is the same picture for the same pipeline', () => {
    expect(placeGraph(pipeline)).toEqual(graph)
  })

  it('draws several artifacts between two steps as one line, and names only what needs a name', () => {
    const lines = placeGraph({
      steps: pipeline.steps,
      edges: [
        { from: 'split', to: 'model', artifact: 'train' },
        { from: 'split', to: 'model', artifact: 'test' },
        { from: 'raw', to: 'clean', artifact: 'raw' },
      ],
    }).edges
    expect(lines.map(labelOf)).toEqual(['train, test', ''])
  })

  it('stays about as high as wide for steps that nothing connects, and arrows still lead to all of them', () => {
    const [first] = pipeline.steps
    const alone = Array.from({ length: 13 }, (_, at) => ({ ...first, name: `s${at}` }) as (typeof pipeline.steps)[0])
    const steps = [...pipeline.steps, ...alone]
    const apart = placeGraph({ steps, edges: pipeline.edges })
    const [xs, ys] = [apart.steps.map(({ x }) => x), apart.steps.map(({ y }) => y)]
    const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)]
    expect(width / height).toBeGreaterThan(0.4)
    expect(width / height).toBeLessThan(2)
    for (const a of apart.steps)
      for (const b of apart.steps)
        if (a !== b) expect(Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight).toBe(true)
    const reached = new Set(['raw'])
    for (const name of reached)
      for (const key of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']) {
        const next = moveInGraph(apart, name, key)
        if (next !== null) reached.add(next)
      }
    expect([...reached].sort()).toEqual(steps.map(({ name }) => name).sort())
  })

  it('leaves out lines to steps that are not there', () => {
    expect(placeGraph({ steps: [], edges: [{ from: 'a', to: 'b', artifact: 'a' }] })).toEqual({ steps: [], edges: [] })
  })
})

describe('walking the graph by keys', () => {
  it('follows the lines down and up', () => {
    expect(moveInGraph(graph, 'raw', 'ArrowDown')).toBe('clean')
    expect(moveInGraph(graph, 'clean', 'ArrowUp')).toBe('raw')
    expect(moveInGraph(graph, 'raw', 'ArrowUp')).toBeNull()
  })

  it('goes to neighbours on the same level', () => {
    const [left, right] = [place('confusion'), place('evaluation')].sort((a, b) => a.x - b.x) as [
      (typeof graph.steps)[0],
      (typeof graph.steps)[0],
    ]
    expect(moveInGraph(graph, left.name, 'ArrowRight')).toBe(right.name)
    expect(moveInGraph(graph, right.name, 'ArrowLeft')).toBe(left.name)
  })

  it('enters at the first step and reaches the last', () => {
    expect(moveInGraph(graph, null, 'ArrowDown')).toBe('raw')
    expect(['confusion', 'evaluation']).toContain(moveInGraph(graph, 'raw', 'End'))
    expect(moveInGraph(graph, 'raw', 'x')).toBeNull()
  })
})

it('draws a curve from the first point to the last', () => {
  const curve = toCurve([
    { x: 0, y: 0 },
    { x: 10, y: 20 },
    { x: 0, y: 40 },
  ])
  expect(curve).toMatch(/^M 0 0 .*L 0 40$/)
  expect(toCurve([])).toBe('')
})
