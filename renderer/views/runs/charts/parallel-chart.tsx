import { X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { kindOf, type RunColumnName } from '../../../../core/domain/run-columns.ts'
import type { ChartLook } from '../../../charts/chart-look.ts'
import type { ColourKey } from '../../../charts/colour-rows.ts'
import { moveBrush } from '../../../charts/move-brush.ts'
import {
  type Brush,
  type Brushes,
  drawParallel,
  insideBrushes,
  type Parallel,
  type ParallelAxis,
} from '../../../charts/parallel-picture.ts'
import type { Drag, Size } from '../../../charts/picture-canvas.tsx'
import { announce } from '../../../components/announcer.tsx'
import { Button } from '../../../components/button.tsx'
import { describeCount } from '../../../components/describe-values.ts'
import { titleOf } from '../column-titles.ts'
import { AxisSelect, axisTitle } from './chart-axes.tsx'
import { idOf, Keys, markedRows, type RunChartProps, valuesOf } from './chart-parts.tsx'
import { clauseOf, describeRange } from './range-words.ts'
import styles from './runs-charts.module.css'
import { RunsFigure } from './runs-figure.tsx'

const mostAxes = 10

/** Runs as lines through what they were given and what came of it. A drag or the keys choose a range of an axis. */
export function ParallelChart({ columns, version, names, rows, marked, onMarked, onFilter }: RunChartProps) {
  // Null while nobody chose: the names of columns may still be on their way.
  const [ownAxes, setChosen] = useState<readonly RunColumnName[] | null>(null)
  const [ownColour, setColour] = useState<RunColumnName | '' | null>(null)
  const chosen = useMemo(() => ownAxes ?? usualAxes(names), [ownAxes, names])
  const colour = ownColour ?? names.find((name) => kindOf(name) === 'metric') ?? ''
  const [brushes, setBrushes] = useState<Brushes>({})
  const [active, activate] = useState<RunColumnName | null>(null)
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
    return (size: Size, look: ChartLook) => {
      const by = colour ? valuesOf(columns, colour) : null
      const made = drawParallel({ rows, axes, brushes, active, colour: by, isMarked, ...size, look })
      drawn.current = made
      const next = { keys: made.keys, drawn: made.drawn }
      setDrawing((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next))
      return made.picture
    }
  }, [columns, rows, marked, axes, brushes, active, colour])

  const brush = ({ fromX, fromY, toY }: Drag) => {
    const place = drawn.current?.places.toSorted((a, b) => Math.abs(a.x - fromX) - Math.abs(b.x - fromX))[0]
    if (!place) return
    const [one, other] = [place.scale.toValue(fromY), place.scale.toValue(toY)]
    setBrush(place.id, [Math.min(one, other), Math.max(one, other)])
  }
  const setBrush = (id: string, range: Brush | null) =>
    setBrushes(({ [id]: _, ...rest }) => (range === null ? rest : { ...rest, [id]: range }))
  const place = (id: string | null) => drawn.current?.places.find((one) => one.id === id)
  const describe = (id: RunColumnName): string => {
    const range = brushes[id]
    return `${titleOf(id).title}: ${range ? describeRange(axes, id, range) : 'all of it'}`
  }
  const press = (event: KeyboardEvent) => {
    const at = chosen.indexOf(active ?? ('' as RunColumnName))
    const here = place(active)
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const next = chosen[Math.max(0, Math.min(chosen.length - 1, event.key === 'ArrowRight' ? at + 1 : at - 1))]
      if (next) activate(next)
      if (next) announce(describe(next))
    } else if (here && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const by = event.key === 'ArrowUp' ? 1 : -1
      const next = moveBrush(here, brushes[here.id], event.shiftKey ? 'upper' : 'lower', by)
      setBrush(here.id, next)
      announce(next ? describeRange(axes, here.id, next) : 'All of it')
    } else if (here && event.key === 'Escape') setBrush(here.id, null)
    else return
    event.preventDefault()
  }
  const isBrushed = Object.keys(brushes).length > 0
  const reason = isBrushed ? null : 'Choose a range first: drag along an axis, or use the arrow keys.'
  return (
    <RunsFigure
      name="Parallel coordinates"
      words={`Runs by ${chosen.map((one) => titleOf(one).title).join(', ')}`}
      hint={`, ${describeCount(rows.length, 'run')}; left and right choose an axis, up and down move the lower end of its range, with Shift the upper end`}
      tools={
        <>
          <AxisSelect
            label="Add an axis"
            none={chosen.length < mostAxes ? 'add an axis' : `at most ${mostAxes} axes`}
            value=""
            names={chosen.length < mostAxes ? names.filter((one) => !chosen.includes(one)) : []}
            onChange={(added) => added && setChosen([...chosen, added])}
          />
          <AxisSelect label="Colour" none="one colour" value={colour} names={names} onChange={setColour} />
        </>
      }
      columns={columns}
      rows={inside}
      shown={chosen}
      canvas={{ draw, onDrag: brush, onClear: () => setBrushes({}), onKey: press }}
      foot={
        <>
          <AxesList
            axes={chosen}
            onTakeAway={(one) => {
              setChosen(chosen.filter((other) => other !== one))
              setBrush(one, null)
            }}
          />
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
          {active && chosen.includes(active) && <span className={styles.said}>{describe(active)}</span>}
          {drawing.drawn < rows.length && (
            <span className={styles.note}>
              {drawing.drawn.toLocaleString('en')} of {rows.length.toLocaleString('en')} lines are drawn.
            </span>
          )}
          <Keys keys={drawing.keys} title={colour ? axisTitle(colour) : ''} />
        </>
      }
    />
  )
}

type AxesListProps = {
  readonly axes: readonly RunColumnName[]
  readonly onTakeAway: (axis: RunColumnName) => void
}

function AxesList({ axes, onTakeAway }: AxesListProps) {
  return (
    <ul className={styles.axes} aria-label="Axes">
      {axes.map((one) => (
        <li key={one}>
          <button type="button" aria-label={`Take away the axis ${axisTitle(one)}`} onClick={() => onTakeAway(one)}>
            {titleOf(one).title} <X size={11} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Some params, then some metrics: what was given on the left, what came of it on the right. */
function usualAxes(names: readonly RunColumnName[]): readonly RunColumnName[] {
  const some = (kind: string) => names.filter((name) => kindOf(name) === kind).slice(0, 3)
  const found = [...some('param'), ...some('metric')]
  return found.length > 1 ? found : ['startedAt', 'durationMs']
}
