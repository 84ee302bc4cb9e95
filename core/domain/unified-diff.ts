/** How much two texts may differ before only the whole replacement is shown: the search is quadratic in it. */
const mostEdits = 2_000

type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string }

/** A unified diff of two texts by lines; empty when they are equal. Names stand in its first two lines. */
export function unifiedDiff(
  before: string,
  after: string,
  names: { readonly from: string; readonly to: string },
  contextLines = 3,
): string {
  if (before === after) return ''
  const edits = editScript(toLines(before), toLines(after))
  return [`--- ${names.from}`, `+++ ${names.to}`, ...hunks(edits, contextLines), ''].join('\n')
}

function toLines(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function hunks(edits: readonly Edit[], context: number): string[] {
  const out: string[] = []
  let oldLine = 1
  let newLine = 1
  let index = 0
  while (index < edits.length) {
    const change = edits.findIndex((edit, at) => at >= index && edit.kind !== ' ')
    if (change < 0) break
    const start = Math.max(index, change - context)
    oldLine += start - index
    newLine += start - index
    let end = change
    for (let at = change; at < edits.length && at <= end + 2 * context; at++) if (edits[at]?.kind !== ' ') end = at
    const part = edits.slice(start, Math.min(end + context + 1, edits.length))
    const removed = part.filter((edit) => edit.kind !== '+').length
    const added = part.filter((edit) => edit.kind !== '-').length
    out.push(`@@ -${range(oldLine, removed)} +${range(newLine, added)} @@`)
    out.push(...part.map((edit) => edit.kind + edit.line))
    oldLine += removed
    newLine += added
    index = start + part.length
  }
  return out
}

function range(first: number, count: number): string {
  return count === 1 ? String(first) : `${count === 0 ? first - 1 : first},${count}`
}

function editScript(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }))
  return [
    ...same(before.slice(0, head)),
    ...shortestEdit(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ]
}

/** Myers: the fewest removals and additions. Diagonals are kept per round so that the path can be walked back. */
function shortestEdit(before: readonly string[], after: readonly string[]): Edit[] {
  const rounds: Map<number, number>[] = []
  let reach = new Map<number, number>([[1, 0]])
  for (let edits = 0; edits <= Math.min(before.length + after.length, mostEdits); edits++) {
    rounds.push(new Map(reach))
    const next = new Map(reach)
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down =
        diagonal === -edits || (diagonal !== edits && (next.get(diagonal - 1) ?? -1) < (next.get(diagonal + 1) ?? -1))
      let x = down ? (next.get(diagonal + 1) ?? 0) : (next.get(diagonal - 1) ?? 0) + 1
      let y = x - diagonal
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x++
        y++
      }
      next.set(diagonal, x)
      if (x >= before.length && y >= after.length) return walkBack(before, after, rounds)
    }
    reach = next
  }
  return [...before.map((line): Edit => ({ kind: '-', line })), ...after.map((line): Edit => ({ kind: '+', line }))]
}

function walkBack(before: readonly string[], after: readonly string[], rounds: readonly Map<number, number>[]): Edit[] {
  const edits: Edit[] = []
  let x = before.length
  let y = after.length
  for (let round = rounds.length - 1; round >= 0; round--) {
    const reach = rounds[round] as Map<number, number>
    const diagonal = x - y
    const down =
      diagonal === -round || (diagonal !== round && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1))
    const fromDiagonal = down ? diagonal + 1 : diagonal - 1
    const fromX = round === 0 ? 0 : (reach.get(fromDiagonal) ?? 0)
    const fromY = round === 0 ? 0 : fromX - fromDiagonal
    while (x > fromX && y > fromY) {
      edits.push({ kind: ' ', line: before[--x] as string })
      y--
    }
    if (round === 0) break
    if (down) edits.push({ kind: '+', line: after[--y] as string })
    else edits.push({ kind: '-', line: before[--x] as string })
  }
  return edits.reverse()
}
