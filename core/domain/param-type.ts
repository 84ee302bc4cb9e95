import type { JsonValue } from './json.ts'
import type { ParamDeclaration } from './pipeline.ts'

/** What a param takes, from its annotation, else from its default. */
export type ParamType = {
  readonly kind: 'integer' | 'number' | 'boolean' | 'string' | 'list' | 'object' | 'any'
  /** A whole default without annotation may stand for either: how the values are written decides. */
  readonly mayBeWhole: boolean
  readonly nullable: boolean
}

const annotated: Readonly<Record<string, ParamType['kind']>> = {
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  str: 'string',
  list: 'list',
  tuple: 'list',
  dict: 'object',
}

export function typeOf({ annotation, default: usual }: ParamDeclaration): ParamType {
  const written = annotation?.replace(/\s/g, '') ?? ''
  const nullable = usual === null || /^Optional\[|(^|\|)None(\||$)/.test(written)
  const bare = written
    .replace(/^(?:typing\.)?Optional\[(.*)\]$/, '$1')
    .split('|')
    .filter((part) => part !== 'None')
  const kind = bare.length === 1 ? annotated[(bare[0] as string).replace(/\[.*$/, '').toLowerCase()] : undefined
  if (kind !== undefined) return { kind, mayBeWhole: kind === 'integer', nullable }
  if (bare.length > 1) return { kind: 'any', mayBeWhole: true, nullable }
  return { kind: kindOfValue(usual), mayBeWhole: Number.isInteger(usual) || usual === null, nullable }
}

function kindOfValue(value: JsonValue): ParamType['kind'] {
  if (value === null) return 'any'
  if (Array.isArray(value)) return 'list'
  const kinds = { number: 'number', boolean: 'boolean', string: 'string', object: 'object' } as const
  return kinds[typeof value as keyof typeof kinds]
}

export function fitsType(value: JsonValue, { kind, nullable }: ParamType): boolean {
  if (value === null) return nullable || kind === 'any'
  if (kind === 'any') return true
  if (kind === 'integer') return Number.isInteger(value)
  return kindOfValue(value) === kind
}

export function describeType({ kind, nullable }: ParamType): string {
  const words = {
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    string: 'a text',
    list: 'a list',
    object: 'a dict',
    any: 'any JSON value',
  }
  return nullable && kind !== 'any' ? `${words[kind]} or null` : words[kind]
}

/** What a param's annotation says that this value is not, in words; null where it fits, or no annotation says. */
export function misfitOf(value: JsonValue, param: ParamDeclaration): string | null {
  const type = typeOf({ ...param, default: null })
  return type.kind === 'string' || fitsType(value, type) ? null : describeType({ ...type, nullable: false })
}
