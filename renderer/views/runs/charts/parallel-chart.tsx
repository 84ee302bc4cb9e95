import { X } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { quote, spellName } from '../../../../core/domain/filter-clauses.ts'
import { keyOf, kindOf, type RunColumnName } from '../../../../core/domain/run-columns.ts'
import { ChartFigure } from '../../../charts/chart-figure.tsx'
import { type ChartLook, chartLookOf } from '../../../charts/chart-look.ts'
import type { ColourKey } from '../../../charts/colour-rows.ts'
import {
  type Brushes,
  drawParallel,
  insideBrushes,
  type Parallel,
  type ParallelAxis,
} from '../../../charts/parallel-picture.ts'
import { pictureToSvg } from '../../../charts/picture.ts'
import { type Drag, PictureCanvas } from '../../../charts/picture-canvas.tsx'
import { Button } from '../../../components/button.tsx'
import { describeCount } from '../../../components/describe-values.ts'
import { titleOf } from '../column-titles.ts'
import { AxisSelect, axisTitle } from './chart-axes.tsx'
import {
  chartHeight,
  csvOfRuns,
  idOf,
  Keys,
  markedRows,
  type RunChartProps,
  RunValuesTable,
  valuesOf,
} from './chart-parts.tsx'
import styles from './runs-charts.module.css'

const mostAxes = 10

/** Runs as lines through what they were given and what came of it. Drag along an axis to choose a range of it. */
export function ParallelChart({ columns, version, names, rows, marked, onMarked, onFilter }: RunChartProps) {
  // Null while nobody chose: the names of columns may still be on their way.
  const [ownAxes, setChosen] = useState<readonly RunColumnName[] | null>(null)
  const [ownColour, setColour] = useState<RunColumnName | '' | null>(null)
  const chosen = useMemo(() => ownAxes ?? usualAxes(names), [ownAxes, names])
  const colour = ownColour ?? names.find((name) => kindOf(name) === 'metric') ?? ''
  const [brushes, setBrushes] = useState<Brushes>({})
  const [drawing, setDrawing] = useState<{ keys: readonly ColourKey[]; drawn: number }>({ keys: [], drawn: 0 })
  const drawn = useRef<Parallel | null>(null)
  useEffect(() => columns.need(['id', ...chosen, ...(colour ? [colour] : [])]), [columns, chosen, colour])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that values have come
  const axes = useMemo(
    () => chosen.map((name): ParallelAxis => ({ ...valuesOf(columns, name), id: name, title: titleOf(name).title })),
    [columns, version, chosen],
  )
  const inside = useMemo(() => {
    const holds = insideBrushes(rows, axes, brushes)
    return rows.filter((_, at) => holds[at] === 1)
  }, [rows, axes, brushes])
  const draw = useMemo(() => {
    const those = markedRows(columns, rows, marked)
    const isMarked = (row: number) => those.has(row)
    return (width: number, look: ChartLook) => {
      const by = colour ? valuesOf(columns, colour) : null
      const made = drawParallel({ rows, axes, brushes, colour: by, isMarked, width, height: chartHeight, look })
      drawn.current = made
      const next = { keys: made.keys, drawn: made.drawn }
      setDrawing((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next))
      return made.picture
    }
  }, [columns, rows, marked, axes, brushes, colour])

  const brush = ({ fromX, fromY, toY }: Drag) => {
    const place = drawn.current?.places.toSorted((a, b) => Math.abs(a.x - fromX) - Math.abs(b.x - fromX))[0]
    if (!place) return
    const [one, other] = [place.scale.toValue(fromY), place.scale.toValue(toY)]
    setBrushes((now) => ({ ...now, [place.id]: [Math.min(one, other), Math.max(one, other)] }))
  }
  const isBrushed = Object.keys(brushes).length > 0
  const reason = isBrushed ? null : 'Drag along an axis first.'
  const name = `Runs by ${chosen.map((one) => titleOf(one).title).join(', ')}`
  return (
    <ChartFigure
      name="Parallel coordinates"
      tools={
        <div className={styles.tools}>
          <AxisSelect
            label="Add an axis"
            none={chosen.length < mostAxes ? 'add an axis' : `at most ${mostAxes} axes`}
            value=""
            names={chosen.length < mostAxes ? names.filter((one) => !chosen.includes(one)) : []}
            onChange={(added) => added && setChosen([...chosen, added])}
          />
          <AxisSelect label="Colour" none="one colour" value={colour} names={names} onChange={setColour} />
        </div>
      }
      toCsv={() => csvOfRuns(columns, inside, chosen)}
      toSvg={(figure) => {
        const look = chartLookOf(figure)
        return pictureToSvg(draw(figure.clientWidth, look), look.ground, look.font)
      }}
      table={<RunValuesTable label={name} columns={columns} rows={inside} shown={chosen} />}
      chart={
        <>
          <PictureCanvas
            label={`${name}, ${describeCount(rows.length, 'run')}; the table holds the same values`}
            height={chartHeight}
            draw={draw}
            onDrag={brush}
            onClear={() => setBrushes({})}
          />
          <div className={styles.foot}>
            <ul className={styles.axes} aria-label="Axes">
              {chosen.map((one) => (
                <li key={one}>
                  <button
                    type="button"
                    aria-label={`Take away the axis ${axisTitle(one)}`}
                    onClick={() => {
                      setChosen(chosen.filter((other) => other !== one))
                      setBrushes(({ [one]: _, ...rest }) => rest)
                    }}
                  >
                    {titleOf(one).title} <X size={11} aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
            <Button
              small
              disabledReason={reason}
              onClick={() => onMarked(new Set(Array.from(inside, (row) => idOf(columns, row))))}
            >
              Select {describeCount(inside.length, 'run')}
            </Button>
            <Button small disabledReason={reason} onClick={() => onFilter(clauseOf(axes, brushes))}>
              Filter by the ranges
            </Button>
            <Button small look="quiet" disabledReason={reason} onClick={() => setBrushes({})}>
              Clear the ranges
            </Button>
            {drawing.drawn < rows.length && (
              <span className={styles.note}>
                {drawing.drawn.toLocaleString('en')} of {rows.length.toLocaleString('en')} lines are drawn.
              </span>
            )}
            <Keys keys={drawing.keys} title={colour ? axisTitle(colour) : ''} />
          </div>
        </>
      }
    />
  )
}

/** Some params, then some metrics: what was given on the left, what came of it on the right. */
function usualAxes(names: readonly RunColumnName[]): readonly RunColumnName[] {
  const some = (kind: string) => names.filter((name) => kindOf(name) === kind).slice(0, 3)
  const found = [...some('param'), ...some('metric')]
  return found.length > 1 ? found : ['startedAt', 'durationMs']
}

/** The ranges as a filter says them, for all runs and for later. */
export function clauseOf(axes: readonly ParallelAxis[], brushes: Brushes): string {
  return axes
    .flatMap(({ id, words }) => {
      const range = brushes[id]
      if (range === undefined) return []
      const name = id as RunColumnName
      const kind = kindOf(name)
      const spelled = kind === 'field' ? id : spellName(kind, keyOf(name))
      if (words === null)
        return [`${spelled} >= ${Number(range[0].toPrecision(6))}`, `${spelled} <= ${Number(range[1].toPrecision(6))}`]
      const chosen = words.slice(Math.max(0, Math.ceil(range[0])), Math.floor(range[1]) + 1)
      return [
        `${spelled} in (${chosen.map((word) => (kind === 'param' && /^(-?\d|true$|false$|\[|\{)/.test(word) ? word : quote(word))).join(', ')})`,
      ]
    })
    .join(' and ')
}
