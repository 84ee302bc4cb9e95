import { CircleCheck, CircleX, type LucideIcon, Scale } from 'lucide-react'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { ArtifactProof, CauseTrial, FirstDifference, Proof, ProofVerdict } from '../../../core/domain/proof.ts'
import type { Tone } from '../../components/badge.tsx'
import { describeSmall } from '../../components/describe-values.ts'

export const verdictLooks: Record<
  ProofVerdict,
  { readonly tone: Tone; readonly icon: LucideIcon; readonly word: string }
> = {
  identical: { tone: 'success', icon: CircleCheck, word: 'Identical' },
  withinTolerance: { tone: 'warning', icon: Scale, word: 'Within tolerance' },
  differs: { tone: 'danger', icon: CircleX, word: 'Differs' },
}

export function describeVerdict({ verdict, steps, first, tolerance }: Proof): string {
  const compared = steps.reduce((sum, { artifacts }) => sum + artifacts.length, 0)
  const many = `${compared} results of ${steps.length} steps`
  if (verdict === 'identical') return `Executed again from the store: all ${many} came out the same.`
  if (verdict === 'withinTolerance')
    return `Executed again from the store: ${many} agree within ${tolerance.absolute} absolute and ${tolerance.relative} relative.`
  return first ? describeFirst(first) : `Executed again from the store: ${many} do not all agree.`
}

function describeFirst({ step, artifact, column, row, recorded, reproduced }: FirstDifference): string {
  const place = [column === undefined ? null : `column ${column}`, row === undefined ? null : `row ${row}`]
  const at = place.filter((part) => part !== null).join(', ')
  return `The first difference is in step ${step}, ${artifact}${at ? `, ${at}` : ''}: recorded ${showValue(recorded)}, now ${showValue(reproduced)}.`
}

export function describeDetail({ detail, maxDifference }: ArtifactProof): string {
  const largest = maxDifference ? `largest difference ${describeSmall(maxDifference)}` : null
  return [detail, largest].filter((part) => part !== null).join('; ')
}

export function showValue(value: JsonValue): string {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.replace(/^sha256:([0-9a-f]{12})[0-9a-f]+$/, '$1…')
}

export const trialWords: Record<CauseTrial['result'], string> = {
  asRecorded: 'gives what was recorded',
  asReproduced: 'gives the same as before',
  another: 'gives something else',
  failed: 'fails',
}
