/** How the line of a run looks everywhere: eight colours, and a dash that tells the next eight from them. */
export function seriesLook(index: number): { readonly variable: string; readonly dash: readonly number[] } {
  const dashes = [[], [6, 4], [2, 3]]
  return { variable: `--series-${(index % 8) + 1}`, dash: dashes[Math.floor(index / 8) % dashes.length] ?? [] }
}
