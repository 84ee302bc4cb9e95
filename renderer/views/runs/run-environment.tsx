// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { Boxes } from 'lucide-react'
import type { RunDetail } from '../../../core/domain/run.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { DigestText, Facts } from '../../components/facts.tsx'
import { Section } from '../../components/page.tsx'
import { PackageList } from '../environments/package-list.tsx'
import styles from './run-overview.module.css'

export function RunEnvironment({ detail }: { readonly detail: RunDetail }) {
  const { environment } = detail
  if (!environment) {
    return (
      <EmptyState icon={Boxes} title="No environment was recorded">
        The run ended before its environment was ready.
      </EmptyState>
    )
  }
  return (
    <section className={styles.scroll} aria-label="Environment of the run" tabIndex={0}>
      <Section title="Interpreter and lock">
        <Facts
          facts={[
            ['Python', `${environment.python} (${environment.implementation})`],
            ['Platform', environment.platform],
            ['Lock', <DigestText key="lock" digest={environment.lockDigest} />],
          ]}
        />
      </Section>
      <Section title="Packages" count={environment.packages.length}>
        <PackageList packages={environment.packages} />
      </Section>
    </section>
  )
}
