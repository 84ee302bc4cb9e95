import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type ChartLook, chartLookOf } from './chart-look.ts'
import styles from './curve-chart.module.css'
import { type Curve, smooth, toColumns } from './curve-data.ts'
import { seriesLook } from './series-look.ts'

export type Range = readonly [from: number, to: number]

type CurveChartProps = {
  readonly label: string
  readonly curves: readonly Curve[]
  readonly xTitle: string
  readonly logScale: boolean
  /** 0 is as recorded; near 1 only the tendency is left. */
  readonly smoothing: number
  /** Null shows everything. */
  readonly range: Range | null
  readonly onRange: (range: Range | null) => void
  /** Marks the same place in the other charts of the page. */
  readonly group: string
}

const height = 240

/** Lines of some runs over iterations or time. Drag to look closer, double-click to see everything again. */
export function CurveChart(props: CurveChartProps) {
  const [isDragged, setDragged] = useState(false)
  // Drawn anew under a pointer that is down, it would lose what is being chosen, or choose it by another scale.
  const { label, curves, xTitle, logScale, smoothing, range, group } = useHeld(props, isDragged)
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const onRange = useRef(props.onRange)
  onRange.current = props.onRange
  const shown = useRef(range)
  shown.current = range

  // Looked up before any chart of the page is drawn: after each, the next would have the page laid out once more.
  const paper = useRef<Paper | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: as often as it is drawn, see below
  useLayoutEffect(() => {
    const element = place.current
    paper.current = element && { width: element.clientWidth, look: chartLookOf(element) }
  }, [curves, xTitle, logScale, smoothing, group])

  useEffect(() => {
    const element = place.current
    // Before there are values there is nothing to draw, and an empty chart would be drawn for nothing.
    if (element === null || paper.current === null || curves.length === 0) return
    const drawn = new uPlot(
      optionsOf(
        { curves, xTitle, logScale, group, ...paper.current },
        { onRange: (next) => onRange.current(next), onDrag: setDragged },
      ),
      toColumns(curves.map((curve) => smooth(curve, smoothing))),
      element,
    )
    chart.current = drawn
    if (shown.current) drawn.setScale('x', { min: shown.current[0], max: shown.current[1] })
    // It is told of the first size, too, for which the chart was made.
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth
      if (width !== drawn.width) drawn.setSize({ width, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      drawn.destroy()
      chart.current = null
    }
  }, [curves, xTitle, logScale, smoothing, group])

  const isFirst = useRef(true)
  useEffect(() => {
    const wasFirst = isFirst.current
    isFirst.current = false
    if (wasFirst) return
    const all = chart.current?.data[0]
    const [min, max] = range ?? [all?.[0] ?? 0, all?.[all.length - 1] ?? 1]
    chart.current?.setScale('x', { min, max })
  }, [range])

  return <div ref={place} className={styles.chart} role="img" aria-label={label} style={{ minBlockSize: height }} />
}

/** The value; while it is held, the one that was there when it was taken hold of. */
function useHeld<Value>(value: Value, isHeld: boolean): Value {
  const kept = useRef(value)
  if (!isHeld) kept.current = value
  return kept.current
}

type Paper = { readonly width: number; readonly look: ChartLook }
type Drawing = Pick<CurveChartProps, 'curves' | 'xTitle' | 'logScale' | 'group'> & Paper

type Told = { readonly onRange: (range: Range | null) => void; readonly onDrag: (isDragged: boolean) => void }

function optionsOf(drawing: Drawing, { onRange, onDrag }: Told): uPlot.Options {
  const { curves, xTitle, logScale, group, width, look } = drawing
  const axis: uPlot.Axis = {
    stroke: look.muted,
    grid: { stroke: look.border, width: 1 },
    ticks: { stroke: look.border, width: 1 },
    font: `11px ${look.font}`,
    labelFont: `11px ${look.font}`,
  }
  // The other charts of the group follow the pointer; only the one that it is in says what was chosen.
  let isDragged = false
  const hold = (isHeld: boolean) => {
    isDragged = isHeld
    onDrag(isHeld)
  }
  return {
    width,
    height,
    legend: { show: false },
    scales: { x: { time: false }, y: { distr: logScale ? 3 : 1 } },
    cursor: { sync: { key: group }, drag: { x: true, y: false, setScale: false } },
    axes: [
      { ...axis, label: xTitle, labelSize: 18, size: 34 },
      { ...axis, size: 58 },
    ],
    series: [
      {},
      ...curves.map((curve, index) => {
        const { dash } = seriesLook(index)
        return {
          label: curve.label,
          stroke: look.series[index % look.series.length] as string,
          width: 1.5,
          spanGaps: true,
          points: { show: curve.xs.length < 3 },
          ...(dash.length > 0 ? { dash: [...dash] } : {}),
        }
      }),
    ],
    hooks: {
      setSelect: [
        (chart) => {
          const { left, width: wide } = chart.select
          if (isDragged && wide > 2) onRange([chart.posToVal(left, 'x'), chart.posToVal(left + wide, 'x')])
          chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
        },
      ],
      ready: [
        (chart) => {
          chart.over.addEventListener('dblclick', () => onRange(null))
          chart.over.addEventListener('mousedown', ({ button }) => {
            if (button !== 0) return
            hold(true)
            // After the chart itself, which listens at the document.
            window.addEventListener('mouseup', () => hold(false), { once: true })
          })
        },
      ],
    },
  }
}
