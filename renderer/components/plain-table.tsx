import type { ReactNode } from 'react'
import styles from './plain-table.module.css'

type PlainTableProps = {
  readonly label: string
  readonly heads: readonly (string | { readonly text: string; readonly align: 'end' })[]
  readonly rows: readonly { readonly id: string; readonly cells: readonly ReactNode[] }[]
}

/** A short table that is read, not worked in. Long ones are a `Table`. */
export function PlainTable({ label, heads, rows }: PlainTableProps) {
  const align = (index: number) => (typeof heads[index] === 'object' ? 'end' : undefined)
  return (
    <div className={styles.wrap}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th key={typeof head === 'object' ? head.text : head} scope="col" data-align={align(index)}>
                {typeof head === 'object' ? head.text : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              {row.cells.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row never change their order
                <td key={index} data-align={align(index)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
