import type { JsonValue } from '../../../core/domain/json.ts'
import type { ParamDeclaration } from '../../../core/domain/pipeline.ts'

/** How a param is asked for: from its annotation, otherwise from the kind of its default. */
export type ParamInput = {
  readonly kind: 'boolean' | 'integer' | 'number' | 'text' | 'choice' | 'json'
  readonly nullable: boolean
  readonly choices: readonly JsonValue[]
}

export function toParamInput({
  annotation,
  default: value,
}: Pick<ParamDeclaration, 'annotation' | 'default'>): ParamInput {
  const { names, nullable } = readAnnotation(annotation)
  const choices = readChoices(annotation)
  if (choices.length > 0) return { kind: 'choice', nullable, choices }
  const [name] = names
  const kind = names.length === 1 && name !== undefined && name in kinds ? kinds[name] : undefined
  return { kind: kind ?? kindOf(value), nullable: nullable || value === null, choices: [] }
}

const kinds: Readonly<Record<string, ParamInput['kind']>> = {
  bool: 'boolean',
  int: 'integer',
  float: 'number',
  str: 'text',
}

function kindOf(value: JsonValue): ParamInput['kind'] {
  if (typeof value === 'boolean') return 'boolean'
  // A default of 1 may well mean 1.0: without an annotation any number is taken.
  if (typeof value === 'number') return 'number'
  return typeof value === 'string' ? 'text' : 'json'
}

/** `int | None`, `Optional[int]` and `None | int` are all a nullable int. */
function readAnnotation(annotation: string | null): { names: readonly string[]; nullable: boolean } {
  if (annotation === null) return { names: [], nullable: false }
  const optional = /^(?:typing\.)?Optional\[(.*)\]$/.exec(annotation.trim())
  const names = (optional?.[1] ?? annotation).split('|').map((part) => part.trim())
  return {
    names: names.filter((name) => name !== 'None'),
    nullable: optional !== null || names.includes('None'),
  }
}

/** The values of `Literal["a", "b", 3]`, where they can be read as JSON. */
function readChoices(annotation: string | null): readonly JsonValue[] {
  const inner = /Literal\[(.*?)\]/.exec(annotation ?? '')?.[1]
  if (!inner) return []
  const json = inner
    .replace(/'([^'"]*)'/g, '"$1"')
    .replace(/\bTrue\b/g, 'true')
    .replace(/\bFalse\b/g, 'false')
    .replace(/\bNone\b/g, 'null')
  try {
    return JSON.parse(`[${json}]`)
  } catch {
    return []
  }
}

export type ParsedParam = { readonly value: JsonValue } | { readonly problem: string }

/** What was typed as a value of the param. An empty text means null where that is allowed. */
export function parseParam(input: ParamInput, text: string): ParsedParam {
  const trimmed = text.trim()
  if (trimmed === '' && input.nullable) return { value: null }
  switch (input.kind) {
    case 'text':
      return { value: text }
    case 'integer':
      return /^[+-]?\d+$/.test(trimmed) && Number.isSafeInteger(Number(trimmed))
        ? { value: Number(trimmed) }
        : { problem: 'A whole number is needed, for example 120.' }
    case 'number':
      return trimmed !== '' && Number.isFinite(Number(trimmed))
        ? { value: Number(trimmed) }
        : { problem: 'A number is needed, for example 0.25.' }
    case 'boolean':
      return { value: trimmed === 'true' }
    case 'choice':
    case 'json':
      try {
        return { value: JSON.parse(trimmed) }
      } catch {
        return { problem: 'A JSON value is needed, for example [1, 2] or {"a": true}.' }
      }
  }
}

/** A value as it stands in its input. */
export function toParamText(input: ParamInput, value: JsonValue): string {
  if (value === null) return ''
  return input.kind === 'text' && typeof value === 'string' ? value : JSON.stringify(value)
}
