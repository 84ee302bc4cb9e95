import { Check, type LucideIcon, Minus, TriangleAlert } from 'lucide-react'
import type { ReadinessCheck } from '../../../core/domain/project.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { useReadiness } from '../../queries/home-queries.ts'
import page from './home-page.module.css'
import styles from './readiness-strip.module.css'

const names: Record<ReadinessCheck['name'], string> = {
  python: 'Python',
  disk: 'Disk',
  engine: 'Docker (optional)',
  network: 'Network',
  node: 'Node',
}
const icons: Record<ReadinessCheck['state'], LucideIcon> = { ok: Check, warning: TriangleAlert, missing: Minus }
const words: Record<ReadinessCheck['state'], string> = { ok: 'OK', warning: 'Look at this', missing: 'Missing' }

/** What this computer offers. The checks never hold up the doors above. */
export function ReadinessStrip() {
  const { data: checks, error } = useReadiness()
  return (
    <section className={page.section} aria-labelledby="readiness">
      <h2 id="readiness" className={page.sectionTitle}>
        This computer
      </h2>
      {error && <ErrorNotice error={error} />}
      <ul className={styles.strip} aria-busy={checks ? undefined : true}>
        {checks?.map((check) => <CheckItem key={check.name} check={check} />) ??
          Object.entries(names).map(([name, title]) => (
            <li key={name} className={styles.check} data-waiting>
              <span className={styles.name}>{title}</span>
              <span className={styles.detail}>checking…</span>
            </li>
          ))}
      </ul>
    </section>
  )
}

function CheckItem({ check }: { readonly check: ReadinessCheck }) {
  const Icon = icons[check.state]
  return (
    <li className={styles.check}>
      <span className={styles.name}>
        <Icon size={13} strokeWidth={2.4} role="img" aria-label={words[check.state]} className={styles[check.state]} />
        {names[check.name]}
      </span>
      <span className={styles.detail}>{check.detail}</span>
      {check.remedy && check.state !== 'ok' && <span className={styles.remedy}>{check.remedy}</span>}
    </li>
  )
}
