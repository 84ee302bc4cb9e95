import { ChartSpline, ClipboardCopy, Download, ImageDown, Table2 } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { announce } from '../components/announcer.tsx'
import { Button, IconButton } from '../components/button.tsx'
import { saveCanvas, saveText } from '../components/save-file.ts'
import { showFailure } from '../components/toast.tsx'
import styles from './chart-figure.module.css'

type ChartFigureProps = {
  readonly name: string
  /** Beside the name: what can be chosen. */
  readonly tools?: ReactNode
  readonly chart: ReactNode
  /** The same values for who reads. */
  readonly table: ReactNode
  readonly toCsv: () => string
  /** Gets the figure, whose style says the colours and whose size is that of the drawing. */
  readonly toSvg: (figure: HTMLElement) => string
}

/** A chart with its table twin, its values as CSV, and its picture as SVG or PNG. */
export function ChartFigure({ name, tools, chart, table, toCsv, toSvg }: ChartFigureProps) {
  const [isTable, setIsTable] = useState(false)
  const figure = useRef<HTMLElement>(null)
  const hidden = isTable ? 'The chart is not shown now.' : null
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(toCsv())
    announce(`The values of ${name} were copied`)
  }
  return (
    <figure ref={figure} className={styles.figure} aria-label={name}>
      <figcaption className={styles.head}>
        <span className={styles.name}>{name}</span>
        {tools}
        <Button
          small
          look="quiet"
          icon={isTable ? ChartSpline : Table2}
          aria-pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {isTable ? 'Chart' : 'Table'}
        </Button>
        <IconButton
          icon={ClipboardCopy}
          size={14}
          label={`Copy ${name} as CSV`}
          onClick={() => void copy().catch(showFailure)}
        />
        <IconButton
          icon={Download}
          size={14}
          label={`Save ${name} as CSV`}
          onClick={() => saveText(`${name}.csv`, 'text/csv', toCsv())}
        />
        <IconButton
          icon={ImageDown}
          size={14}
          label={`Save ${name} as PNG`}
          disabledReason={hidden}
          onClick={() => saveCanvas(`${name}.png`, figure.current?.querySelector('canvas') ?? null)}
        />
        <Button
          small
          look="quiet"
          aria-label={`Save ${name} as SVG`}
          disabledReason={hidden}
          onClick={() => figure.current && saveText(`${name}.svg`, 'image/svg+xml', toSvg(figure.current))}
        >
          SVG
        </Button>
      </figcaption>
      {isTable ? table : chart}
    </figure>
  )
}
