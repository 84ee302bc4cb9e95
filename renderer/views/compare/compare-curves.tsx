import { ZoomOut } from 'lucide-react'
import { useId, useMemo, useState } from 'react'
import type { MetricCurve } from '../../../core/domain/run.ts'
import { ChartFigure } from '../../charts/chart-figure.tsx'
import { chartLookOf } from '../../charts/chart-look.ts'
import { CurveChart, type Range } from '../../charts/curve-chart.tsx'
import { type Curve, smooth, toColumns, toCsv } from '../../charts/curve-data.ts'
import { drawCurves } from '../../charts/curve-picture.ts'
import { pictureToSvg } from '../../charts/picture.ts'
import { SeriesLine } from '../../charts/series-line.tsx'
import { Button } from '../../components/button.tsx'
import { describeCount, describeMetric } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Checkbox, SelectInput } from '../../components/field.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useCurves, useMetricsWithHistory } from '../../queries/run-queries.ts'
import styles from './compare-curves.module.css'
import { type ComparedRun, RunHead } from './compare-table.tsx'

type View = { readonly axis: 'iteration' | 'time'; readonly logScale: boolean; readonly smoothing: number }

/** Twice as many parts as a wide chart has pixels would show no more. */
const buckets = 700
const mostAtFirst = 4

/** How metrics went on while the runs ran, one chart for each, all looked at in the same way. */
export function CompareCurves({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const ids = useMemo(() => runs.map(({ id }) => id), [runs])
  const metrics = useMetricsWithHistory(ids).data ?? []
  const [view, setView] = useState<View>({ axis: 'iteration', logScale: false, smoothing: 0 })
  const [range, setRange] = useState<Range | null>(null)
  const [showsAll, setShowsAll] = useState(false)
  const smoothing = useId()
  if (metrics.length === 0) return null
  const shown = showsAll ? metrics : metrics.slice(0, mostAtFirst)
  return (
    <Section
      title="Curves"
      count={metrics.length}
      tools={
        <>
          <SelectInput
            aria-label="Horizontal axis"
            value={view.axis}
            onChange={(event) => {
              setRange(null)
              setView({ ...view, axis: event.target.value as View['axis'] })
            }}
          >
            <option value="iteration">by iteration</option>
            <option value="time">by seconds</option>
          </SelectInput>
          <Checkbox
            label={<span className={styles.check}>Log scale</span>}
            checked={view.logScale}
            onChange={(event) => setView({ ...view, logScale: event.target.checked })}
          />
          <label className={styles.smoothing} htmlFor={smoothing}>
            Smoothing
            <input
              id={smoothing}
              type="range"
              min={0}
              max={0.99}
              step={0.01}
              value={view.smoothing}
              onChange={(event) => setView({ ...view, smoothing: Number(event.target.value) })}
            />
            <output>{view.smoothing.toFixed(2)}</output>
          </label>
          <Button
            small
            icon={ZoomOut}
            disabledReason={range ? null : 'Drag in a chart to look closer.'}
            onClick={() => setRange(null)}
          >
            Show all
          </Button>
        </>
      }
    >
      <ul className={styles.legend} aria-label="Runs">
        {runs.map((run, index) => (
          <li key={run.id} className={styles.key}>
            <SeriesLine index={index} />
            <RunHead run={run} />
          </li>
        ))}
      </ul>
      <div className={styles.charts}>
        {shown.map(({ key }) => (
          <MetricChart key={key} metric={key} runs={runs} view={view} range={range} onRange={setRange} />
        ))}
      </div>
      {metrics.length > shown.length && (
        <Button onClick={() => setShowsAll(true)}>
          Show {describeCount(metrics.length - shown.length, 'more chart')}
        </Button>
      )}
    </Section>
  )
}

type MetricChartProps = {
  readonly metric: string
  readonly runs: readonly ComparedRun[]
  readonly view: View
  readonly range: Range | null
  readonly onRange: (range: Range | null) => void
}

function MetricChart({ metric, runs, view, range, onRange }: MetricChartProps) {
  const ids = useMemo(() => runs.map(({ id }) => id), [runs])
  const answer = useCurves({
    runs: ids,
    key: metric,
    axis: view.axis,
    buckets,
    ...(range ? { from: range[0], to: range[1] } : {}),
  })
  const curves = useMemo(
    () =>
      (answer.data ?? []).map(
        ({ xs, ys }, index): Curve => ({ label: `${runs[index]?.letter} ${runs[index]?.id}`, xs, ys }),
      ),
    [answer.data, runs],
  )
  // While the values along another axis are on their way, those that are drawn keep their own title.
  const [drawnAxis, setDrawnAxis] = useState(view.axis)
  if (!answer.isPlaceholderData && drawnAxis !== view.axis) setDrawnAxis(view.axis)
  const xTitle = drawnAxis === 'iteration' ? 'Iteration' : 'Seconds'
  const smoothed = () => curves.map((curve) => smooth(curve, view.smoothing))
  return (
    <ChartFigure
      name={metric}
      toCsv={() => toCsv(xTitle, curves)}
      toSvg={(figure) => {
        const look = chartLookOf(figure)
        const { logScale } = view
        const size = { width: figure.clientWidth, height: 260 }
        const picture = drawCurves({ curves: smoothed(), xTitle, yTitle: metric, logScale, range, look, ...size })
        return pictureToSvg(picture, look.ground, look.font)
      }}
      table={<CurveTable metric={metric} runs={runs} curves={answer.data ?? []} xTitle={xTitle} />}
      chart={
        answer.isError ? (
          <ErrorNotice error={answer.error} />
        ) : (
          <CurveChart
            label={`${metric} of ${describeCount(runs.length, 'run')}; the table holds the same values`}
            curves={curves}
            xTitle={xTitle}
            range={range}
            onRange={onRange}
            group="compared-curves"
            logScale={view.logScale}
            smoothing={view.smoothing}
          />
        )
      }
    />
  )
}

type CurveTableProps = {
  readonly metric: string
  readonly runs: readonly ComparedRun[]
  readonly curves: readonly MetricCurve[]
  readonly xTitle: string
}

/** The chart for those who read: how each line began, went and ended, then point by point. */
function CurveTable({ metric, runs, curves, xTitle }: CurveTableProps) {
  const ends = ['First', 'Lowest', 'Highest', 'Last', 'Points'] as const
  const [xs, ...columns] = toColumns(curves.map(({ run, xs, ys }) => ({ label: run, xs, ys })))
  const number = (value: number | null | undefined) =>
    value === undefined || value === null || !Number.isFinite(value) ? '' : describeMetric(value)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.table} tabIndex={0}>
      <PlainTable
        label={`${metric} of each run`}
        heads={['Run', ...ends.map((text) => ({ text, align: 'end' }) as const)]}
        rows={curves.map(({ run, points, ys }, index) => ({
          id: run,
          cells: [
            runs[index] ? <RunHead key="run" run={runs[index]} /> : run,
            ...[ys[0], ...extentOf(ys), ys.at(-1)].map(number),
            describeMetric(points),
          ],
        }))}
      />
      <PlainTable
        label={`${metric}, point by point`}
        heads={[xTitle, ...runs.map(({ letter }) => ({ text: letter, align: 'end' }) as const)]}
        rows={xs.slice(0, mostPoints).map((x, at) => ({
          id: String(x),
          cells: [describeMetric(x), ...columns.map((ys) => number(ys[at]))],
        }))}
      />
      {xs.length > mostPoints && <p>{describeCount(xs.length - mostPoints, 'more point')}: the CSV has all.</p>}
    </div>
  )
}

const mostPoints = 300

function extentOf(ys: readonly number[]): readonly [low: number | undefined, high: number | undefined] {
  let [low, high] = [ys[0], ys[0]]
  for (const y of ys) {
    if (low !== undefined && y < low) low = y
    if (high !== undefined && y > high) high = y
  }
  return [low, high]
}
