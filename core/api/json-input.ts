import * as z from 'zod'
import type { JsonValue } from '../domain/json.ts'

/** Any JSON value, typed as the domain does: what a caller holds may be read-only. */
export const jsonInput: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>
