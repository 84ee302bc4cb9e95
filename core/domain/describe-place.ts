/** Where in a table or an array a value stands; empty for what has no columns and rows. */
export function describePlace(place: { readonly column: string | null; readonly row: number | null }): string {
  return [place.column, place.row === null ? null : `row ${place.row}`].filter((part) => part !== null).join(', ')
}
