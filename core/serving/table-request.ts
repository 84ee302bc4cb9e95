import { parseExactJson } from '../domain/exact-json.ts'
import type { Signature, TensorSpec } from '../domain/signature.ts'
import { type CsvField, parseCsv } from './csv.ts'
import { describeValue } from './pack-values.ts'
import { Refusal, refuseValue } from './refusal.ts'

/** Values by input name, one entry per row each. */
export type Columns = Readonly<Record<string, readonly unknown[]>>

/** `POST /predict`: `[{…}]`, `{"rows": […]}`, `{"columns": {…}}` or CSV. */
export function readPredictBody(text: string, isCsv: boolean, signature: Signature): Columns {
  if (isCsv) return readCsvTable(text, signature)
  const body = readJson(text)
  if (Array.isArray(body)) return rowsToColumns(body, signature)
  if (isObject(body)) {
    if (Array.isArray(body.rows)) return only(body, 'rows', rowsToColumns(body.rows, signature))
    if (isObject(body.columns)) return only(body, 'columns', checkColumns(body.columns, signature))
  }
  throw new Refusal(422, 'the body must be a list of rows, {"rows": [...]} or {"columns": {...}}')
}

/** `POST /invocations`: MLflow's dataframe_split, dataframe_records, instances and inputs, or CSV. */
export function readInvocationsBody(text: string, isCsv: boolean, signature: Signature): Columns {
  if (isCsv) return readCsvTable(text, signature)
  const body = readJson(text)
  if (isObject(body)) {
    if (isObject(body.dataframe_split)) return readSplit(body.dataframe_split, signature)
    if (Array.isArray(body.dataframe_records)) return rowsToColumns(body.dataframe_records, signature)
    if (Array.isArray(body.instances)) return rowsToColumns(body.instances, signature)
    if (Array.isArray(body.inputs)) return rowsToColumns(body.inputs, signature)
    if (isObject(body.inputs)) return checkColumns(body.inputs, signature)
  }
  throw new Refusal(422, 'the body must have one of dataframe_split, dataframe_records, instances or inputs')
}

/** Objects by column name; for a model of one tensor, bare values too. */
export function rowsToColumns(rows: readonly unknown[], signature: Signature): Columns {
  const names = signature.inputs.map((input) => input.name)
  const alone = signature.inputs.length === 1 ? (signature.inputs[0] as TensorSpec) : null
  if (alone && rows.length > 0 && !isObject(rows[0])) return { [alone.name]: rows }
  const columns = names.map(() => new Array<unknown>(rows.length))
  for (let r = 0; r < rows.length; r += 1) {
    const row = rows[r]
    if (!isObject(row)) throw new Refusal(422, `row ${r}: expected an object, found ${describeValue(row)}`, { row: r })
    let found = 0
    for (let c = 0; c < names.length; c += 1) {
      const name = names[c] as string
      if (!Object.hasOwn(row, name)) throw refuseValue('the column is missing', name, r)
      ;(columns[c] as unknown[])[r] = row[name]
      found += 1
    }
    const keys = Object.keys(row)
    if (keys.length !== found) {
      const unknown = keys.find((key) => !names.includes(key)) as string
      throw refuseValue('the model has no such column', unknown, r)
    }
  }
  return fromEntries(names.map((name, c) => [name, columns[c] as unknown[]]))
}

/** Every input, no other, all of one length. */
function checkColumns(columns: Readonly<Record<string, unknown>>, signature: Signature): Columns {
  const names = signature.inputs.map((input) => input.name)
  for (const name of names) if (!Object.hasOwn(columns, name)) throw refuseValue('the column is missing', name)
  let rows: number | null = null
  for (const [name, values] of Object.entries(columns)) {
    if (!names.includes(name)) throw refuseValue('the model has no such column', name)
    if (!Array.isArray(values)) throw refuseValue(`expected a list, found ${describeValue(values)}`, name)
    rows ??= values.length
    if (values.length !== rows)
      throw refuseValue(`it has ${values.length} rows, the others ${rows}`, name, Math.min(values.length, rows))
  }
  return columns as Columns
}

function readSplit(split: Readonly<Record<string, unknown>>, signature: Signature): Columns {
  const { data } = split
  if (!Array.isArray(data)) throw new Refusal(422, 'dataframe_split.data is not a list of rows')
  if (split.columns === undefined && signature.layout === 'tensor') return rowsToColumns(data, signature)
  const names = split.columns
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    throw new Refusal(422, 'dataframe_split.columns is not a list of names')
  data.forEach((row, r) => {
    if (!Array.isArray(row) || row.length !== names.length)
      throw new Refusal(422, `row ${r}: expected a list of ${names.length} values`, { row: r })
  })
  if (signature.layout === 'tensor') return rowsToColumns(data, signature)
  return checkColumns(fromEntries(names.map((name, c) => [name, data.map((row) => row[c])])), signature)
}

function readCsvTable(text: string, signature: Signature): Columns {
  const [header, ...rows] = parseCsv(text)
  if (header === undefined) throw new Refusal(422, 'the table is empty: its first line must name the columns')
  rows.forEach((row, r) => {
    if (row.length !== header.length)
      throw new Refusal(422, `row ${r}: ${row.length} fields, the header names ${header.length}`, { row: r })
  })
  const names = header.map((name) => name ?? '')
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) throw refuseValue('the header names it twice', repeated)
  if (signature.layout === 'tensor') {
    const spec = signature.inputs[0] as TensorSpec
    const values = rows.map((row) => row.map((field) => readField(field, spec)))
    return { [spec.name]: spec.shape.length === 1 ? values.map((row) => row[0]) : values }
  }
  const specs = new Map(signature.inputs.map((input) => [input.name, input]))
  const columns = names.map((name, c): [string, unknown[]] => {
    const spec = specs.get(name)
    return [name, rows.map((row) => (spec ? readField(row[c] as CsvField, spec) : null))]
  })
  return checkColumns(fromEntries(columns), signature)
}

const numberText = /^\s*[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)\s*$/
const specialNumbers: Readonly<Record<string, string>> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }

/** CSV has no types: the signature's say how a field is meant. What does not fit stays text and is refused there. */
function readField(field: CsvField, spec: TensorSpec): unknown {
  if (field === null || spec.type === 'BYTES') return field
  const lower = field.trim().toLowerCase()
  if (spec.type === 'BOOL')
    return lower === 'true' || lower === '1' ? true : lower === 'false' || lower === '0' ? false : field
  if (/^[+-]?\d{16,}$/.test(lower)) return BigInt(lower)
  return numberText.test(lower) ? Number(lower) : (specialNumbers[lower] ?? field)
}

export function readJson(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch (error) {
    throw new Refusal(400, `the body is not JSON: ${(error as Error).message.slice(0, 200)}`)
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names come from outside: `__proto__` must be a member like any other. */
function fromEntries(entries: readonly (readonly [string, readonly unknown[]])[]): Columns {
  return Object.fromEntries(entries)
}

function only(body: Readonly<Record<string, unknown>>, member: string, columns: Columns): Columns {
  const other = Object.keys(body).find((key) => key !== member)
  if (other !== undefined)
    throw new Refusal(422, `unknown member ${JSON.stringify(other)} beside ${JSON.stringify(member)}`)
  return columns
}
