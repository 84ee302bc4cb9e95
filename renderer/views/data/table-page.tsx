// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { useQueryClient } from '@tanstack/react-query'
import { Code, Columns3, Download, FileCog, RotateCw, Rows3 } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { describeBytes } from '../../../core/domain/describe-bytes.ts'
import type { TableColumn, TableFacts, TableSource } from '../../../core/domain/table.ts'
import { useProjectConnection, useProjectKey } from '../../clients/connections.tsx'
import { toDescribedFailure } from '../../clients/described-error.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import type { GridRange } from '../../components/grid-range.ts'
import { Loading } from '../../components/loading.tsx'
import { Page, Section } from '../../components/page.tsx'
import { showFailure, showToast } from '../../components/toast.tsx'
import { useTable, useTableCount, useTableProgress, useWholeTable } from '../../queries/table-queries.ts'
import { showInspector } from '../../shell/layout-store.ts'
import { CodeDialog } from './code-dialog.tsx'
import { ColumnMenu } from './column-menu.tsx'
import { ColumnsDialog } from './columns-dialog.tsx'
import { countCells, mostCopiedCells, readAsTsv } from './copy-range.ts'
import { arrangeColumns, changeLook, keyOfSource, nextSort, type TableLook, toView, useLook } from './data-store.ts'
import styles from './dialogs.module.css'
import { ExportDialog } from './export-dialog.tsx'
import { FilterBar } from './filter-bar.tsx'
import { ReadingDialog, ReadingForm } from './reading-form.tsx'
import { TableGrid } from './table-grid.tsx'
import { TableTitle } from './table-title.tsx'

/** A table from its file or artifact: opened, or why it cannot be. */
export function TablePage({ source, title }: { readonly source: TableSource; readonly title: string }) {
  const key = keyOfSource(source)
  const look = useLook(key)
  const opened = useTable(source, look.reading)
  const whole = useWholeTable(opened.data?.table ?? null)
  const error = opened.error ?? whole.error
  if (error) return <Unreadable look={look} lookKey={key} source={source} title={title} error={error} />
  if (!opened.data) return <Loading what={title} />
  return <OpenTable look={look} lookKey={key} title={title} facts={whole.data ?? opened.data} />
}

type OpenTableProps = {
  readonly look: TableLook
  readonly lookKey: string
  readonly title: string
  readonly facts: TableFacts
}

function OpenTable({ look, lookKey, title, facts }: OpenTableProps) {
  const { table, columns: all } = facts
  const connection = useProjectConnection()
  const [dialog, setDialog] = useState<'columns' | 'code' | 'export' | 'reading' | null>(null)
  const filterField = useRef<HTMLSelectElement>(null)
  const view = useMemo(() => toView(look, all), [look, all])
  const columns = useMemo(() => arrangeColumns(look, all), [look, all])
  const count = useTableCount(table, view, view.condition !== null)
  const rows = view.condition === null ? facts.rows : (count.data?.matching ?? 0)
  const names = columns.map(({ name }) => name)
  const isText = facts.format !== 'parquet'
  const request = { table, view: view as never, columns: names }

  async function copy(range: GridRange): Promise<void> {
    if (countCells(range) > mostCopiedCells) {
      showToast('That is more than a clipboard should hold.', {
        tone: 'danger',
        text: `Copy up to ${mostCopiedCells.toLocaleString('en')} cells, or export the view to a file.`,
      })
      return
    }
    try {
      const text = await readAsTsv({ client: connection.client(), table, view, columns, range })
      await navigator.clipboard.writeText(text)
      announce(`${describeCount(countCells(range), 'cell')} copied`)
    } catch (error) {
      showFailure(error)
    }
  }

  return (
    <Page
      title={<TableTitle source={facts.source} title={title} />}
      note={<Note facts={facts} />}
      scrolls={false}
      actions={
        <>
          {isText && (
            <Button small icon={FileCog} onClick={() => setDialog('reading')}>
              Read as…
            </Button>
          )}
          <Button small icon={Columns3} onClick={() => setDialog('columns')}>
            {look.hidden.length > 0 ? `Columns (${look.hidden.length} hidden)` : 'Columns'}
          </Button>
          <Button small icon={Code} onClick={() => setDialog('code')}>
            As code
          </Button>
          <Button small icon={Download} onClick={() => setDialog('export')}>
            Export
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <FilterBar
          columns={all}
          pills={look.pills}
          join={look.join}
          count={count.data}
          likelyColumn={look.chosenColumn}
          field={filterField}
          onPills={(pills) => changeLook(lookKey, { pills })}
          onJoin={(join) => changeLook(lookKey, { join })}
        />
        {count.isError && (
          <div className={styles.notice}>
            <ErrorNotice error={count.error} />
          </div>
        )}
        {rows === 0 && !count.isError && (view.condition === null || count.data) ? (
          <NoRows
            isFiltered={view.condition !== null}
            names={names}
            onClear={() => changeLook(lookKey, { pills: [] })}
          />
        ) : (
          <div className={styles.grid}>
            <TableGrid
              key={table}
              label={`Rows of ${title}`}
              table={table}
              view={view}
              rows={rows}
              all={all}
              columns={columns}
              pinned={columns.filter(({ name }) => look.pinned.includes(name)).length}
              widths={look.widths}
              sort={look.sort}
              chosenColumn={look.chosenColumn}
              isSummarised={facts.isWhole}
              onChoose={(chosenColumn) => changeLook(lookKey, { chosenColumn })}
              onSort={(column, isFurther) => changeLook(lookKey, { sort: nextSort(look.sort, column, isFurther) })}
              onResize={(column, width) =>
                changeLook(lookKey, (now) => ({ widths: { ...now.widths, [column]: width } }))
              }
              onMove={(column, before) =>
                changeLook(lookKey, (now) => ({ order: moveBefore(arrangeColumns(now, all), column, before) }))
              }
              menu={(column) => (
                <ColumnMenu
                  lookKey={lookKey}
                  look={look}
                  all={all}
                  column={column}
                  onFilter={() => {
                    changeLook(lookKey, { chosenColumn: column.name })
                    setTimeout(() => filterField.current?.focus())
                  }}
                />
              )}
              onInspect={(column, row) => {
                changeLook(lookKey, { chosenColumn: column, inspected: { column, row } })
                showInspector()
              }}
              onCopy={(range) => void copy(range)}
              onFilter={() => filterField.current?.focus()}
              notice={(error) => <Broken error={error} />}
            />
          </div>
        )}
      </div>
      {dialog === 'columns' && (
        <ColumnsDialog lookKey={lookKey} look={look} all={all} onClose={() => setDialog(null)} />
      )}
      {dialog === 'code' && <CodeDialog request={request} onClose={() => setDialog(null)} />}
      {dialog === 'export' && <ExportDialog request={request} name={nameFor(title)} onClose={() => setDialog(null)} />}
      {dialog === 'reading' && (
        <ReadingDialog
          reading={look.reading}
          onApply={(reading) => changeLook(lookKey, { reading })}
          onClose={() => setDialog(null)}
        />
      )}
    </Page>
  )
}

function Note({ facts }: { readonly facts: TableFacts }) {
  const { rows, columns, isWhole, sizeBytes, rowGroups, format } = facts
  const progress = useTableProgress(facts.table, !isWhole).data
  const parts = [
    `${isWhole ? '' : '≈ '}${describeCount(rows, 'row')}`,
    describeCount(columns.length, 'column'),
    describeBytes(sizeBytes),
    rowGroups === null ? format.toUpperCase() : `Parquet, ${describeCount(rowGroups, 'row group')}`,
    !isWhole && `reading the whole file${typeof progress === 'number' ? ` (${Math.round(progress)} %)` : ''}…`,
  ]
  return <>{parts.filter(Boolean).join(' · ')}</>
}

function NoRows(props: {
  readonly isFiltered: boolean
  readonly names: readonly string[]
  readonly onClear: () => void
}) {
  if (!props.isFiltered) {
    return (
      <EmptyState icon={Rows3} title="No rows">
        The table has the columns {props.names.slice(0, 20).join(', ')} and no row.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={Rows3}
      title="No row fits the filter"
      actions={<Button onClick={props.onClear}>Remove the filter</Button>}
    />
  )
}

/** A question that failed while the table is open; a file that changed is opened again. */
function Broken({ error }: { readonly error: unknown }) {
  const queries = useQueryClient()
  const project = useProjectKey()
  return (
    <ErrorNotice
      error={error}
      actions={
        <Button small icon={RotateCw} onClick={() => void queries.resetQueries({ queryKey: [project, 'tables'] })}>
          Read again
        </Button>
      }
    />
  )
}

type UnreadableProps = Omit<OpenTableProps, 'facts'> & { readonly source: TableSource; readonly error: unknown }

function Unreadable({ look, lookKey, source, title, error }: UnreadableProps) {
  const failure = toDescribedFailure(error)
  const details = failure.details as { readonly lines?: readonly string[] } | null
  const lines = details?.lines ?? []
  const isText = lines.length > 0
  return (
    <Page title={<TableTitle source={source} title={title} />}>
      <Broken error={error} />
      {isText && (
        <>
          <Section title="How the file begins">
            <section className={styles.lines} tabIndex={0} aria-label="How the file begins">
              <pre>{lines.join('\n')}</pre>
            </section>
          </Section>
          <Section title="Read it differently">
            <ReadingForm reading={look.reading} onApply={(reading) => changeLook(lookKey, { reading })} />
          </Section>
        </>
      )}
    </Page>
  )
}

/** The names in their new order; a pinned column stays among the pinned ones. */
function moveBefore(columns: readonly TableColumn[], column: string, before: string): readonly string[] {
  const names = columns.map(({ name }) => name).filter((name) => name !== column)
  return names.toSpliced(names.indexOf(before), 0, column)
}

function nameFor(title: string): string {
  const last = title.split('/').at(-1) ?? title
  return last.replace(/(\.[a-z]+)?\.[a-z0-9]+$/i, '').replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'table'
}
