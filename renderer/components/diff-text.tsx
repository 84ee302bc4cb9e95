// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import styles from './diff-text.module.css'

/** A unified diff as text; the signs stay, so that colour is never needed to read it. */
export function DiffText({ label, diff }: { readonly label: string; readonly diff: string }) {
  return (
    <section className={styles.diff} aria-label={label} tabIndex={0}>
      {diff
        .replace(/\n$/, '')
        .split('\n')
        .map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never change their order
          <span key={index} className={`${styles.line} ${lineClass(line) ?? ''}`}>
            {line || ' '}
          </span>
        ))}
    </section>
  )
}

function lineClass(line: string): string | undefined {
  if (line.startsWith('@@') || line.startsWith('+++') || line.startsWith('---')) return styles.place
  if (line.startsWith('+')) return styles.added
  if (line.startsWith('-')) return styles.removed
  return undefined
}
