import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react'
import type { Image } from '../../../core/domain/image.ts'
import type { ModelVersion } from '../../../core/domain/model.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Badge } from '../../components/badge.tsx'
import { useEngine } from '../../queries/image-queries.ts'
import { useEvidence } from '../../queries/model-queries.ts'
import { projectHref } from '../../routing/route.ts'
import styles from './ship-page.module.css'

type PreflightProps = { readonly version: ModelVersion; readonly image: Image | null }
type Check = { readonly state: 'ok' | 'open' | 'no' | 'note'; readonly word: string; readonly detail: React.ReactNode }

const looks = {
  ok: { tone: 'success', icon: CircleCheck },
  open: { tone: 'neutral', icon: CircleDashed },
  no: { tone: 'danger', icon: CircleX },
  note: { tone: 'warning', icon: TriangleAlert },
} as const

/** What stands between this version and a registry, before anything is done. */
export function Preflight({ version, image }: PreflightProps) {
  const project = useProjectKey()
  const engine = useEngine().data
  const evidence = useEvidence(`${version.name}@${version.version}`).data
  const unstated = (evidence?.data ?? []).filter((file) => file.licence === null)
  const review = (
    <a href={projectHref(project, 'models', [`${version.name}@${version.version}`])}>Review its evidence</a>
  )
  const checks: readonly (readonly [string, Check])[] = [
    ['ONNX', checkOnnx(version)],
    [
      'Approval',
      version.approval?.state === 'approved' && version.approval.stale === null
        ? { state: 'ok', word: 'Approved', detail: `by ${version.approval.by}: ${version.approval.note}` }
        : version.approval?.state === 'rejected'
          ? { state: 'no', word: 'Rejected', detail: <>Pushing is refused. {review}</> }
          : {
              state: 'open',
              word: version.approval ? 'Stale' : 'Not reviewed',
              detail: <>Needed before a push, not for building. {review}</>,
            },
    ],
    [
      'Licences',
      unstated.length === 0
        ? {
            state: 'ok',
            word: 'Stated',
            detail: (evidence?.data ?? []).map((file) => file.licence).join(', ') || 'no data files were read',
          }
        : {
            state: 'note',
            word: 'Unstated',
            detail: `${unstated.map((file) => file.path).join(', ')}: to be acknowledged at push`,
          },
    ],
    ['Parity', checkParity(image)],
    [
      'Engine',
      engine?.state === 'ready'
        ? { state: 'ok', word: 'Ready', detail: `${engine.name} ${engine.version}` }
        : {
            state: 'note',
            word: 'None',
            detail: engine ? `${engine.reason} Optional: building and pushing need none.` : 'Looking for one…',
          },
    ],
  ]
  return (
    <ul className={styles.checks}>
      {checks.map(([name, check]) => (
        <li key={name} className={styles.check}>
          <span>{name}</span>
          <span>
            <Badge tone={looks[check.state].tone} icon={looks[check.state].icon}>
              {check.word}
            </Badge>
          </span>
          <span className={styles.muted}>{check.detail}</span>
        </li>
      ))}
    </ul>
  )
}

function checkOnnx({ onnx }: ModelVersion): Check {
  if (onnx.state === 'equal') return { state: 'ok', word: 'Equal', detail: `on all ${onnx.parity.rows} recorded rows` }
  if (onnx.state === 'differs') {
    return { state: 'no', word: 'Differs', detail: 'The export does not equal the native model, so it is not shipped.' }
  }
  return {
    state: onnx.state === 'absent' ? 'no' : 'note',
    word: onnx.state === 'absent' ? 'Absent' : 'Not proved',
    detail: onnx.reason,
  }
}

function checkParity(image: Image | null): Check {
  if (image === null) return { state: 'open', word: 'No image', detail: 'Found out after the build, row by row.' }
  const { parity } = image
  if (parity === null || parity.state === 'unknown') {
    return {
      state: 'note',
      word: 'Unknown',
      detail: parity?.detail ?? 'The image has not answered the recorded rows yet.',
    }
  }
  const rows = `${parity.rows} rows over the ${parity.level}`
  return parity.state === 'passed'
    ? { state: 'ok', word: 'Passed', detail: rows }
    : { state: 'no', word: 'Failed', detail: `${rows}; pushing is refused` }
}
