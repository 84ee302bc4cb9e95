import { Boxes } from 'lucide-react'
import type { RunDetail } from '../../../core/domain/run.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { DigestText, Facts } from '../../components/facts.tsx'
import { ScrollSection, Section } from '../../components/page.tsx'
import { PackageList } from '../environments/package-list.tsx'

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
    <ScrollSection label="Environment of the run">
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
    </ScrollSection>
  )
}
