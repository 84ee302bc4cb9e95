import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { type ChartLook, chartLookOf } from './chart-look.ts'
import { type Picture, paintPicture } from './picture.ts'
import styles from './picture-canvas.module.css'

export type Size = { readonly width: number; readonly height: number }
export type Drag = { readonly fromX: number; readonly fromY: number; readonly toX: number; readonly toY: number }

type PictureCanvasProps = {
  readonly label: string
  /** Drawn anew when this function is another one, and when size or theme change. */
  readonly draw: (size: Size, look: ChartLook) => Picture
  readonly onMove?: (x: number, y: number) => void
  readonly onClick?: (x: number, y: number) => void
  readonly onDrag?: (drag: Drag) => void
  readonly onClear?: () => void
  readonly onKey?: (event: KeyboardEvent) => void
}

const least = 4

/** A picture that fills its place, with what a pointer or a key does to it. */
export function PictureCanvas(props: PictureCanvasProps) {
  const { label, draw } = props
  const place = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [size, setSize] = useState<Size>({ width: 0, height: 0 })
  const [theme, setTheme] = useState('')
  const [drag, setDrag] = useState<Drag | null>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const sizes = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }))
    sizes.observe(element)
    const themes = new MutationObserver(() => setTheme(document.documentElement.dataset.theme ?? ''))
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      sizes.disconnect()
      themes.disconnect()
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    if (canvas.current === null || size.width === 0) return
    const look = chartLookOf(canvas.current)
    paintPicture(draw(size, look), canvas.current, look.font)
  }, [draw, size, theme])

  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the table twin and the filter do the same without a pointer
    <div
      ref={place}
      className={styles.place}
      onPointerDown={(event) => {
        const { x, y } = at(event)
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag({ fromX: x, fromY: y, toX: x, toY: y })
      }}
      onPointerMove={(event) => {
        const { x, y } = at(event)
        if (drag) setDrag({ ...drag, toX: x, toY: y })
        else props.onMove?.(x, y)
      }}
      onPointerUp={() => {
        if (drag === null) return
        const isDrag = Math.abs(drag.toX - drag.fromX) > least || Math.abs(drag.toY - drag.fromY) > least
        if (isDrag) props.onDrag?.(drag)
        else props.onClick?.(drag.toX, drag.toY)
        setDrag(null)
      }}
      onDoubleClick={() => props.onClear?.()}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        tabIndex={props.onKey ? 0 : undefined}
        onKeyDown={props.onKey}
      />
      {drag && (
        <div
          className={styles.brush}
          style={{
            left: Math.min(drag.fromX, drag.toX),
            top: Math.min(drag.fromY, drag.toY),
            width: Math.abs(drag.toX - drag.fromX),
            height: Math.abs(drag.toY - drag.fromY),
          }}
        />
      )}
    </div>
  )
}
