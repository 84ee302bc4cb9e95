import type { ComponentProps, ReactNode } from 'react'
import type { RunColumnName } from '../../../../core/domain/run-columns.ts'
import { ChartFigure } from '../../../charts/chart-figure.tsx'
import { chartLookOf } from '../../../charts/chart-look.ts'
import { pictureToSvg } from '../../../charts/picture.ts'
import { PictureCanvas, type Size } from '../../../charts/picture-canvas.tsx'
import type { RunColumns } from '../../../live/run-columns-store.ts'
import { csvOfRuns, RunValuesTable } from './chart-parts.tsx'
import styles from './runs-charts.module.css'

type RunsFigureProps = {
  readonly name: string
  /** What is drawn, in words: of the canvas and of its table twin. */
  readonly words: string
  /** Behind the words, for who hears them. */
  readonly hint: string
  readonly tools: ReactNode
  readonly columns: RunColumns
  /** The runs and columns of the table and the CSV. */
  readonly rows: Uint32Array
  readonly shown: readonly RunColumnName[]
  readonly canvas: Omit<ComponentProps<typeof PictureCanvas>, 'label'>
  readonly foot: ReactNode
}

/** A chart of runs with its choices above, what it says below, and the same runs as table, CSV and picture. */
export function RunsFigure({ name, words, hint, tools, columns, rows, shown, canvas, foot }: RunsFigureProps) {
  return (
    <ChartFigure
      name={name}
      tools={<div className={styles.tools}>{tools}</div>}
      toCsv={() => csvOfRuns(columns, rows, shown)}
      toSvg={(figure) => {
        const look = chartLookOf(figure)
        return pictureToSvg(canvas.draw(sizeOf(figure), look), look.ground, look.font)
      }}
      table={<RunValuesTable label={words} columns={columns} rows={rows} shown={shown} />}
      chart={
        <>
          <PictureCanvas label={`${words}${hint}; the table holds the same values`} {...canvas} />
          <div className={styles.foot}>{foot}</div>
        </>
      }
    />
  )
}

/** A file is as large as the drawing. */
function sizeOf(figure: HTMLElement): Size {
  const { clientWidth = 0, clientHeight = 0 } = figure.querySelector('canvas') ?? {}
  return { width: clientWidth, height: clientHeight }
}
