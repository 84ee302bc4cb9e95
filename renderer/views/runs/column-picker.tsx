import { Columns3 } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { kindOf, type RunColumnKind, type RunColumnName } from '../../../core/domain/run-columns.ts'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { Checkbox } from '../../components/field.tsx'
import { kindWords } from './column-titles.ts'
import styles from './picker.module.css'
import { Picker, PickerKind, wordsOf } from './picker.tsx'
import { changeRunsLayout, choosable, usualLayout } from './runs-layout.ts'

type ColumnPickerProps = {
  readonly project: string
  readonly names: readonly RunColumnName[]
  readonly onlyDiffering: boolean
  readonly shown: readonly RunColumnName[]
}

const kinds: readonly RunColumnKind[] = ['field', 'metric', 'param', 'tag']
const mostListed = 200

/** Which columns are shown: sought among all of them, by kind, one by one or whole kinds at once. */
export function ColumnPicker({ project, names, onlyDiffering, shown }: ColumnPickerProps) {
  const [sought, setSought] = useState('')
  const asked = useDeferredValue(sought.trim().toLowerCase())
  const all = useMemo(() => choosable(names), [names])
  const found = useMemo(() => all.filter((name) => wordsOf(name).includes(asked)), [all, asked])
  const isShown = useMemo(() => new Set(shown), [shown])

  /** Those that come to the others stand in the usual order; the rest stay where they are. */
  function show(some: readonly RunColumnName[], on: boolean): void {
    const chosen = new Set(some)
    changeRunsLayout(project, ({ pinned }) => ({
      shown: on ? [...shown, ...some.filter((name) => !isShown.has(name))] : shown.filter((name) => !chosen.has(name)),
      pinned: on ? pinned : pinned.filter((name) => !chosen.has(name)),
    }))
  }

  return (
    <Picker
      label="Columns"
      trigger={
        <Button icon={Columns3}>
          Columns
          <span className={styles.count}>
            {shown.length} of {all.length}
          </span>
        </Button>
      }
      searchLabel="Search columns"
      placeholder={`Search ${describeCount(all.length, 'column')}`}
      sought={sought}
      onSought={setSought}
      foot={
        <div className={styles.foot}>
          <Checkbox
            label="Only columns that differ"
            checked={onlyDiffering}
            onChange={(event) => changeRunsLayout(project, () => ({ onlyDiffering: event.target.checked }))}
          />
          <Button small look="quiet" onClick={() => changeRunsLayout(project, () => usualLayout)}>
            As at first
          </Button>
        </div>
      }
    >
      {found.length === 0 && <p className={styles.none}>No column has that name.</p>}
      {kinds.map((kind) => {
        const some = found.filter((name) => kindOf(name) === kind)
        const count = some.filter((name) => isShown.has(name)).length
        return (
          <PickerKind
            key={kind}
            kind={kind}
            found={some}
            mostListed={mostListed}
            isChosen={(name) => isShown.has(name)}
            onChoose={(name, on) => show([name], on)}
            count={`${count} of ${some.length}`}
            tools={
              <WholeKind
                kind={kind}
                isAll={count === some.length}
                isNone={count === 0}
                onShow={(on) => show(some, on)}
              />
            }
          />
        )
      })}
    </Picker>
  )
}

type WholeKindProps = {
  readonly kind: RunColumnKind
  readonly isAll: boolean
  readonly isNone: boolean
  readonly onShow: (on: boolean) => void
}

function WholeKind({ kind, isAll, isNone, onShow }: WholeKindProps) {
  return (
    <>
      {!isAll && (
        <Button small look="quiet" aria-label={`Show all: ${kindWords[kind]}`} onClick={() => onShow(true)}>
          Show all
        </Button>
      )}
      {!isNone && (
        <Button small look="quiet" aria-label={`Hide all: ${kindWords[kind]}`} onClick={() => onShow(false)}>
          Hide all
        </Button>
      )}
    </>
  )
}
