import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { Job } from '../../../core/domain/job.ts'
import type { DoctorCheck } from '../../../core/domain/project.ts'
import { Badge, type Tone } from '../../components/badge.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import styles from '../runs/run-overview.module.css'

const looks: Record<DoctorCheck['state'], { tone: Tone; icon: typeof CircleCheck; word: string }> = {
  ok: { tone: 'success', icon: CircleCheck, word: 'Sound' },
  warning: { tone: 'warning', icon: TriangleAlert, word: 'Warning' },
  hurt: { tone: 'danger', icon: CircleX, word: 'Hurt' },
  missing: { tone: 'warning', icon: TriangleAlert, word: 'Missing' },
}

/** What the doctor found. Before it was asked it says what it would look at. */
export function DoctorReport({ job }: { readonly job: Job | null }) {
  const checks = (job?.result as { readonly checks?: readonly DoctorCheck[] } | null)?.checks
  if (!checks)
    return (
      <p className={styles.muted}>
        Re-hashes every stored artifact and image, and checks the database and the environment.
      </p>
    )
  return (
    <PlainTable
      label="What the doctor found"
      heads={['Check', 'State', 'Detail', 'What to do']}
      rows={checks.map((check) => ({
        id: check.name,
        cells: [
          check.name,
          <Badge key="state" tone={looks[check.state].tone} icon={looks[check.state].icon}>
            {looks[check.state].word}
          </Badge>,
          check.detail,
          check.remedy ?? '',
        ],
      }))}
    />
  )
}
