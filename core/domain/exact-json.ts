import type { JsonValue } from './json.ts'

/** A JSON value whose whole numbers beyond 2^53 are kept exactly, as bigint. */
export type ExactValue = JsonValue | bigint | readonly ExactValue[] | { readonly [key: string]: ExactValue }

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown
const parseWithSource = JSON.parse as (text: string, reviver?: Reviver) => unknown
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** Sixteen digits in a row are the least that a double might not hold. */
const longNumber = /\d{16}/
const wholeNumber = /^-?\d+$/

/** JSON text to values; only texts that hold a long number pay for exactness. @throws SyntaxError */
export function parseExactJson(text: string): unknown {
  if (!longNumber.test(text)) return JSON.parse(text)
  return parseWithSource(text, (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && wholeNumber.test(source)
      ? BigInt(source)
      : value,
  )
}

/** Values to JSON text, bigints as plain digits. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? rawJson(member.toString()) : member))
}
