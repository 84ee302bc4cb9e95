import { useMemo } from 'react'
import { kindOf, type RunColumnKind, type RunColumnName } from '../../../../core/domain/run-columns.ts'
import { SelectInput } from '../../../components/field.tsx'
import { kindWords, titleOf } from '../column-titles.ts'
import { knownTags } from '../run-marks.ts'
import styles from './runs-charts.module.css'

/** What can stand along an axis: numbers, and words of which there may be many. */
export function axisNames(names: readonly RunColumnName[]): readonly RunColumnName[] {
  const fields: readonly RunColumnName[] = ['startedAt', 'durationMs', 'state', 'experiment']
  return [
    ...fields,
    ...names.filter((name) => kindOf(name) !== 'field' && !knownTags.some((tag) => name === `tag.${tag}`)),
  ]
}

export function axisTitle(name: RunColumnName): string {
  const { title, note } = titleOf(name)
  return note ? `${note}.${title}` : title
}

type AxisSelectProps = {
  readonly label: string
  readonly value: RunColumnName | ''
  /** The words for no choice; absent when one has to be made. */
  readonly none?: string
  readonly names: readonly RunColumnName[]
  readonly onChange: (name: RunColumnName | '') => void
}

const kinds: readonly RunColumnKind[] = ['metric', 'param', 'tag', 'field']

export function AxisSelect({ label, value, none, names, onChange }: AxisSelectProps) {
  const byKind = useMemo(() => Map.groupBy(axisNames(names), kindOf), [names])
  return (
    <span className={styles.select}>
      <span aria-hidden>{label}</span>
      <SelectInput
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value as RunColumnName | '')}
      >
        {none !== undefined && <option value="">{none}</option>}
        {kinds.map((kind) => (
          <optgroup key={kind} label={kindWords[kind]}>
            {byKind.get(kind)?.map((name) => (
              <option key={name} value={name}>
                {axisTitle(name)}
              </option>
            ))}
          </optgroup>
        ))}
      </SelectInput>
    </span>
  )
}
