import { useEffect, useMemo, useRef, useState } from 'react'
import { kindOf, type RunColumnName } from '../../../../core/domain/run-columns.ts'
import type { ChartLook } from '../../../charts/chart-look.ts'
import type { ColourKey } from '../../../charts/colour-rows.ts'
import type { Drag, Size } from '../../../charts/picture-canvas.tsx'
import { drawScatter, type Scatter } from '../../../charts/scatter-picture.ts'
import { announce } from '../../../components/announcer.tsx'
import { describeCount } from '../../../components/describe-values.ts'
import { Checkbox } from '../../../components/field.tsx'
import { plainText } from '../runs-cells.tsx'
import { AxisSelect, axisTitle } from './chart-axes.tsx'
import { idOf, Keys, markedRows, type RunChartProps, valuesOf } from './chart-parts.tsx'
import styles from './runs-charts.module.css'
import { RunsFigure } from './runs-figure.tsx'

/** Any number or word of runs against any other, coloured by a third. Drag to select runs, click for one. */
export function ScatterChart({ columns, version, names, rows, marked, onMarked }: RunChartProps) {
  const first = (kind: string) => names.find((name) => kindOf(name) === kind) ?? 'durationMs'
  // Null while nobody chose: the names of columns may still be on their way.
  const [ownX, setX] = useState<RunColumnName | null>(null)
  const [ownY, setY] = useState<RunColumnName | null>(null)
  const [x, y] = [ownX ?? first('param'), ownY ?? first('metric')]
  const [colour, setColour] = useState<RunColumnName | ''>('')
  const [logs, setLogs] = useState({ x: false, y: false })
  const [near, setNear] = useState<number | null>(null)
  const [keys, setKeys] = useState<readonly ColourKey[]>([])
  const drawn = useRef<Scatter | null>(null)
  const shown = useMemo(() => [...new Set([x, y, ...(colour ? [colour] : [])])], [x, y, colour])
  useEffect(() => columns.need(['id', ...shown]), [columns, shown])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that values have come
  const draw = useMemo(() => {
    const those = markedRows(columns, rows, marked)
    return (size: Size, look: ChartLook) => {
      const axis = (name: RunColumnName, log: boolean) => ({ ...valuesOf(columns, name), title: axisTitle(name), log })
      drawn.current = drawScatter({
        rows,
        x: axis(x, logs.x),
        y: axis(y, logs.y),
        colour: colour ? valuesOf(columns, colour) : null,
        isMarked: (row) => those.has(row),
        ...size,
        look,
      })
      setKeys((now) =>
        JSON.stringify(now) === JSON.stringify(drawn.current?.keys) ? now : (drawn.current?.keys ?? []),
      )
      return drawn.current.picture
    }
  }, [columns, version, rows, marked, x, y, colour, logs])

  const describe = (at: number) =>
    `Run ${idOf(columns, rows[at] as number)}: ${shown.map((name) => `${axisTitle(name)} ${plainText(columns, rows[at] as number, name) || 'none'}`).join(', ')}`
  const toggle = (at: number) => {
    const id = idOf(columns, rows[at] as number)
    const next = new Set(marked)
    if (!next.delete(id)) next.add(id)
    onMarked(next)
  }
  const select = ({ fromX, fromY, toX, toY }: Drag) => {
    const { xs, ys } = drawn.current ?? { xs: [], ys: [] }
    const [left, right] = [Math.min(fromX, toX), Math.max(fromX, toX)]
    const [top, bottom] = [Math.min(fromY, toY), Math.max(fromY, toY)]
    const inside = rows.filter((_, at) => {
      const [px, py] = [xs[at] as number, ys[at] as number]
      return px >= left && px <= right && py >= top && py <= bottom
    })
    onMarked(new Set(Array.from(inside, (row) => idOf(columns, row))))
    announce(`${describeCount(inside.length, 'run')} selected`)
  }
  /** By keys the dots are walked from left to right. */
  const walk = (by: number) => {
    const xs = drawn.current?.xs ?? new Float32Array()
    const order = Array.from(xs.keys())
      .filter((at) => !Number.isNaN((xs[at] as number) + (drawn.current?.ys[at] as number)))
      .sort((a, b) => (xs[a] as number) - (xs[b] as number))
    const place = near === null ? (by > 0 ? -1 : order.length) : order.indexOf(near)
    const next = order[Math.max(0, Math.min(order.length - 1, place + by))]
    if (next === undefined) return
    setNear(next)
    announce(describe(next))
  }

  const name = `${axisTitle(y)} by ${axisTitle(x)}`
  return (
    <RunsFigure
      name={name}
      words={name}
      hint={` of ${describeCount(rows.length, 'run')}; arrow keys walk the runs, Enter selects one`}
      tools={
        <>
          <AxisSelect label="Horizontal" value={x} names={names} onChange={(next) => next && setX(next)} />
          <Checkbox
            label="log"
            checked={logs.x}
            onChange={(event) => setLogs({ ...logs, x: event.target.checked })}
            aria-label="Horizontal axis logarithmic"
          />
          <AxisSelect label="Vertical" value={y} names={names} onChange={(next) => next && setY(next)} />
          <Checkbox
            label="log"
            checked={logs.y}
            onChange={(event) => setLogs({ ...logs, y: event.target.checked })}
            aria-label="Vertical axis logarithmic"
          />
          <AxisSelect label="Colour" none="one colour" value={colour} names={names} onChange={setColour} />
        </>
      }
      columns={columns}
      rows={rows}
      shown={shown}
      canvas={{
        draw,
        onMove: (px, py) => setNear(nearest(drawn.current, px, py)),
        onClick: (px, py) => {
          const at = nearest(drawn.current, px, py)
          if (at !== null) toggle(at)
        },
        onDrag: select,
        onKey: (event) => {
          if (event.key === 'ArrowRight') walk(1)
          else if (event.key === 'ArrowLeft') walk(-1)
          else if ((event.key === 'Enter' || event.key === ' ') && near !== null) toggle(near)
          else return
          event.preventDefault()
        },
      }}
      foot={
        <>
          <span className={styles.said}>
            {near !== null && near < rows.length ? describe(near) : 'Drag over dots to select their runs.'}
          </span>
          <Keys keys={keys} title={colour ? axisTitle(colour) : ''} />
        </>
      }
    />
  )
}

const reach = 10

function nearest(scatter: Scatter | null, x: number, y: number): number | null {
  let [found, best]: [number | null, number] = [null, reach * reach]
  for (let at = 0; at < (scatter?.xs.length ?? 0); at++) {
    const distance = ((scatter?.xs[at] as number) - x) ** 2 + ((scatter?.ys[at] as number) - y) ** 2
    if (distance < best) [found, best] = [at, distance]
  }
  return found
}
