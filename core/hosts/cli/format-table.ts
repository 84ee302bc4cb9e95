/** Rows as aligned columns for a terminal; numbers to the right. An empty table is the words given for it. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  whenEmpty: string,
): string {
  if (rows.length === 0) return `${whenEmpty}\n`
  const cells = [headings, ...rows].map((row) => row.map(toPlainText))
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const numeric = headings.map((_, column) => rows.every((row) => /^-?[\d.]*(e-?\d+)?$/.test(row[column] ?? '')))
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          numeric[column] ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** A stranger's name must not steer the terminal: control characters are shown, not sent. */
export function toPlainText(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    return `\\u${code}`
  })
}
