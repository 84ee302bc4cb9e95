import {
  CalendarX2,
  CircleCheck,
  CircleDashed,
  CircleSlash2,
  FileQuestion,
  type LucideIcon,
  PencilLine,
  Scale,
  UserRound,
} from 'lucide-react'
import type { DatasetEntry, DatasetState } from '../../../core/domain/dataset.ts'
import { Badge, type Tone } from '../../components/badge.tsx'

export const datasetStateWords: Record<DatasetState, string> = {
  unversioned: 'No version yet',
  current: 'Unchanged',
  changed: 'Changed',
  missing: 'Missing',
  refused: 'Refused',
}

const tones: Record<DatasetState, Tone> = {
  unversioned: 'neutral',
  current: 'success',
  changed: 'warning',
  missing: 'danger',
  refused: 'danger',
}

const icons: Record<DatasetState, LucideIcon> = {
  unversioned: CircleDashed,
  current: CircleCheck,
  changed: PencilLine,
  missing: FileQuestion,
  refused: CircleSlash2,
}

/** How the files on disk stand to the newest version. */
export function DatasetStateBadge({ state, detail }: Pick<DatasetEntry, 'state' | 'detail'>) {
  return (
    <Badge tone={tones[state]} icon={icons[state]} {...(detail ? { title: detail } : {})}>
      {datasetStateWords[state]}
    </Badge>
  )
}

type Terms = Pick<DatasetEntry, 'licence' | 'expires' | 'expired' | 'personal'>

/** What stands in the way of using the data, or has to be known before. */
export function TermsBadges({ licence, expires, expired, personal }: Terms) {
  return (
    <>
      {expired && (
        <Badge tone="danger" icon={CalendarX2} title={`It might be used until ${expires}`}>
          Expired
        </Badge>
      )}
      {licence === null && (
        <Badge tone="warning" icon={Scale} title="Nobody has stated under which licence it may be used">
          Licence missing
        </Badge>
      )}
      {personal && (
        <Badge tone="neutral" icon={UserRound}>
          Personal data
        </Badge>
      )}
    </>
  )
}

export function DatasetBadges({ dataset }: { readonly dataset: DatasetEntry }) {
  return (
    <>
      <DatasetStateBadge state={dataset.state} detail={dataset.detail} />
      <TermsBadges {...dataset} />
      {!dataset.declared && (
        <Badge tone="warning" icon={CircleSlash2} title="It has versions, and slipway.toml no longer names it">
          No entry
        </Badge>
      )}
    </>
  )
}
