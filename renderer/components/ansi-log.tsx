// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { useVirtualizer } from '@tanstack/react-virtual'
import { AnsiUp } from 'ansi_up'
import { ArrowDownToLine, Copy, WrapText } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { LogLine } from '../live/log-lines.ts'
import { announce } from './announcer.tsx'
import styles from './ansi-log.module.css'
import { IconButton } from './button.tsx'
import { describeCount } from './describe-values.ts'
import { TextInput } from './field.tsx'

type AnsiLogProps = {
  readonly label: string
  readonly lines: readonly LogLine[]
  /** Lines that are no longer held. */
  readonly dropped?: number
  readonly showStep?: boolean
}

const lineHeight = 18

/** A log that stays quick however long it gets; follows its end until somebody scrolls up. */
export function AnsiLog({ label, lines, dropped = 0, showStep = false }: AnsiLogProps) {
  const place = useRef<HTMLDivElement>(null)
  const [follow, setFollow] = useState(true)
  const [wrap, setWrap] = useState(false)
  const [search, setSearch] = useState('')
  const shown = useMemo(() => {
    const wanted = search.toLowerCase()
    return wanted ? lines.filter((line) => line.text.toLowerCase().includes(wanted)) : lines
  }, [lines, search])
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => place.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line is a reason to follow
  useEffect(() => {
    if (follow && shown.length > 0) rows.scrollToIndex(shown.length - 1)
  }, [follow, shown])

  const copy = async () => {
    await navigator.clipboard.writeText(shown.map((line) => line.text).join('\n'))
    announce('Log copied')
  }
  return (
    <div className={styles.log}>
      <div className={styles.tools}>
        <TextInput
          className={styles.search}
          aria-label={`Search in ${label}`}
          placeholder="Search in log"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className={styles.count}>
          {search ? `${shown.length} of ${describeCount(lines.length, 'line')}` : describeCount(lines.length, 'line')}
          {dropped > 0 && ` (${dropped} older ones are in the kept log)`}
        </span>
        <IconButton icon={WrapText} label="Wrap long lines" aria-pressed={wrap} onClick={() => setWrap(!wrap)} />
        <IconButton
          icon={ArrowDownToLine}
          label="Follow the end"
          aria-pressed={follow}
          onClick={() => setFollow(!follow)}
        />
        <IconButton icon={Copy} label="Copy the log" onClick={copy} />
      </div>
      <div
        ref={place}
        className={styles.scroll}
        role="log"
        aria-label={label}
        aria-live="off"
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
          const atEnd = scrollHeight - scrollTop - clientHeight < lineHeight * 2
          if (follow !== atEnd) setFollow(atEnd)
        }}
      >
        <div className={styles.sheet} style={{ blockSize: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const line = shown[item.index] as LogLine
            return (
              <div
                key={item.key}
                ref={rows.measureElement}
                data-index={item.index}
                className={`${styles.line} ${wrap ? styles.wrapped : ''}`}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <span className={styles.number} aria-hidden>
                  {line.number}
                </span>
                {showStep && <span className={styles.step}>{line.step}</span>}
                <AnsiText text={line.text} className={line.stream === 'stderr' ? styles.stderr : undefined} />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function AnsiText({ text, className }: { text: string; className?: string | undefined }) {
  const parts = useMemo(() => toAnsiParts(text), [text])
  return (
    <span className={className}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change their order
        <span key={index} className={part.className} style={part.style}>
          {part.text}
        </span>
      ))}
    </span>
  )
}

type AnsiPart = { readonly text: string; readonly className: string; readonly style: { fontWeight?: number } }

/** ANSI codes as classes, so that the theme gives the colours. Text is never read as HTML. */
export function toAnsiParts(text: string): readonly AnsiPart[] {
  if (!text.includes('\x1b')) return [{ text, className: '', style: {} }]
  const ansi = new AnsiUp()
  ansi.use_classes = true
  const html = new DOMParser().parseFromString(ansi.ansi_to_html(text), 'text/html')
  return [...html.body.childNodes].map((node) => ({
    text: node.textContent ?? '',
    className: node instanceof HTMLElement ? node.className : '',
    style: node instanceof HTMLElement && /bold/.test(node.getAttribute('style') ?? '') ? { fontWeight: 700 } : {},
  }))
}
