import { fail } from '../domain/failure.ts'

/** MODEL: `name@VERSION`, `name@ALIAS` or `name`, which means its newest version. */
export type ModelReference =
  | { readonly kind: 'newest'; readonly name: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: number }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }

const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._-]{0,198}[\p{L}\p{M}\p{N}_-])?$/u
const aliasPattern = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/

/** A name that does not fit is found nowhere, so it simply fails to be found. */
export function toModelReference(text: string): ModelReference {
  const at = text.lastIndexOf('@')
  if (at < 0) return { kind: 'newest', name: text }
  const [name, rest] = [text.slice(0, at), text.slice(at + 1)]
  return /^[1-9]\d{0,8}$/.test(rest)
    ? { kind: 'version', name, version: Number(rest) }
    : { kind: 'alias', name, alias: rest }
}

/** @throws models/badName */
export function parseModelName(name: string): string {
  if (namePattern.test(name)) return name.normalize('NFC')
  const rule = 'a name has letters, digits, spaces, ".", "_" and "-", starts with a letter or digit and has at most 200'
  throw fail('models/badName', { what: 'the name of a model', name, rule })
}

/** @throws models/badName */
export function parseAlias(alias: string): string {
  if (aliasPattern.test(alias) && !/^(latest|v\d+)$/i.test(alias)) return alias
  const rule =
    'an alias starts with a letter, has letters, digits, ".", "_" and "-", and is not "latest" or a version like "v3"'
  throw fail('models/badName', { what: 'an alias', name: alias, rule })
}
