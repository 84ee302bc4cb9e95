export type RefusalPlace = { readonly column?: string; readonly row?: number }

/** A request that is answered with a 4xx or 503: what was wrong, and where when a place is known. Rows count from 0. */
export class Refusal extends Error {
  readonly status: number
  readonly place: RefusalPlace
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, message: string, place: RefusalPlace = {}, headers: Record<string, string> = {}) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.place = place
    this.headers = headers
  }
}

/** 422 naming column and row, the shape every bad value is refused in. */
export function refuseValue(problem: string, column: string, row?: number): Refusal {
  const where = row === undefined ? `column ${JSON.stringify(column)}` : `column ${JSON.stringify(column)}, row ${row}`
  return new Refusal(422, `${where}: ${problem}`, row === undefined ? { column } : { column, row })
}
