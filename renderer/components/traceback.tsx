import { ChevronRight, CircleX } from 'lucide-react'
import { useState } from 'react'
import type { StepFailure, TracebackFrame } from '../../core/domain/run.ts'
import { openPlace } from '../live/open-place.ts'
import { Button } from './button.tsx'
import { foldFrames } from './fold-frames.ts'
import styles from './traceback.module.css'

/** Why a step failed: the message, the frames of the person's own code, and the rest folded away. */
export function Traceback({ failure }: { readonly failure: StepFailure }) {
  const own = failure.frames.findLast((frame) => frame.isUser)
  return (
    <div className={styles.failure}>
      <div className={styles.head}>
        <CircleX size={16} aria-hidden className={styles.icon} />
        <div>
          <p className={styles.message}>
            {failure.exceptionType && <code>{failure.exceptionType}: </code>}
            {failure.message}
          </p>
          <p>{failure.remedy}</p>
        </div>
        {own && (
          <Button small look="primary" onClick={() => openPlace({ module: own.file, line: own.line })}>
            Open at line {own.line}
          </Button>
        )}
      </div>
      {failure.frames.length > 0 && (
        <ol className={styles.frames} aria-label="Traceback, outermost call first">
          {foldFrames(failure.frames).map((group) =>
            group.isUser ? (
              group.frames.map((frame) => <Frame key={`${frame.file}:${frame.line}:${frame.function}`} frame={frame} />)
            ) : (
              <Folded key={group.key} frames={group.frames} />
            ),
          )}
        </ol>
      )}
    </div>
  )
}

function Folded({ frames }: { readonly frames: readonly TracebackFrame[] }) {
  const [open, setOpen] = useState(false)
  return (
    <li>
      <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={13} aria-hidden className={open ? styles.turned : undefined} />
        {frames.length} {frames.length === 1 ? 'frame' : 'frames'} in packages
      </button>
      {open && (
        <ol>
          {frames.map((frame) => (
            <Frame key={`${frame.file}:${frame.line}:${frame.function}`} frame={frame} />
          ))}
        </ol>
      )}
    </li>
  )
}

function Frame({ frame }: { readonly frame: TracebackFrame }) {
  const place = `${frame.file}:${frame.line}`
  return (
    <li className={styles.frame} data-own={frame.isUser || undefined}>
      <span className={styles.place}>
        {frame.isUser ? (
          <button
            type="button"
            className={styles.link}
            onClick={() => openPlace({ module: frame.file, line: frame.line })}
          >
            {place}
          </button>
        ) : (
          place
        )}{' '}
        in {frame.function}
      </span>
      {frame.code && <code className={styles.code}>{frame.code}</code>}
    </li>
  )
}
