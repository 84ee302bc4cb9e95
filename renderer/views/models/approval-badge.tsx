import { CircleDashed, ShieldAlert, ShieldCheck, ShieldX } from 'lucide-react'
import type { Approval } from '../../../core/domain/model.ts'
import { Badge } from '../../components/badge.tsx'

/** Where the decision stands; one whose ground has changed says so. */
export function ApprovalBadge({ approval }: { readonly approval: Approval | null }) {
  if (approval === null) {
    return (
      <Badge tone="neutral" icon={CircleDashed}>
        Not reviewed
      </Badge>
    )
  }
  if (approval.state === 'rejected') {
    return (
      <Badge tone="danger" icon={ShieldX}>
        Rejected
      </Badge>
    )
  }
  return approval.stale === null ? (
    <Badge tone="success" icon={ShieldCheck}>
      Approved
    </Badge>
  ) : (
    <Badge tone="stale" icon={ShieldAlert} title={approval.stale}>
      Approval stale
    </Badge>
  )
}
