import { fail } from '../domain/failure.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import { nearestName } from '../domain/nearest-name.ts'
import { describeType, fitsType, type ParamType } from '../domain/param-type.ts'
import type { ParamSpace } from '../domain/sweep.ts'

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`
const range = new RegExp(`^(${number})\\.\\.(${number})((?::[^:]*)*)$`)
const forms = 'Write values as 0.01,0.1,1 or ["a", "b"], and a range as 2..8, 2..8:2, 0..1:points=5 or 1e-4..1e-1:log.'
const words = ['log', 'step', 'points'] as const

/**
 * `A,B,C` values, each JSON or a plain string · `[…]` a JSON list of values · `LOW..HIGH` a range, then any of
 * `:log`, `:STEP` or `:step=STEP`, `:points=N`.
 * @throws sweeps/badSpace
 */
export function parseSpace(key: string, text: string, type: ParamType): ParamSpace {
  const refuse = (problem: string, hint = forms) => fail('sweeps/badSpace', { key, text, problem, hint })
  const written = text.trim()
  if (written === '') throw refuse('nothing is given')
  const found = range.exec(written)
  if (found && type.kind !== 'string') return parseRange(found)
  if (!found && /^[^,"[{]*\.\.[^,]*$/.test(written) && ['integer', 'number'].includes(type.kind))
    throw refuse('the ends of a range are numbers')
  return parseValues()

  function parseValues(): ParamSpace {
    const values = written.startsWith('[') && type.kind !== 'list' ? parseList() : splitValues()
    if (values.length === 0) throw refuse('the list is empty')
    for (const value of values)
      if (!fitsType(value, type)) throw refuse(`${canonicalJson(value)} is not ${describeType(type)}, as the param is`)
    const once = new Set(values.map(canonicalJson))
    if (once.size < values.length) throw refuse('a value is given twice')
    return { kind: 'values', values }
  }

  function parseList(): readonly JsonValue[] {
    try {
      return JSON.parse(written)
    } catch {
      throw refuse('it is no JSON list')
    }
  }

  /** A list-valued param takes lists between commas, so the whole is read as the inside of one. */
  function splitValues(): readonly JsonValue[] {
    if (/["[{]/.test(written)) {
      try {
        return JSON.parse(`[${written}]`)
      } catch {
        throw refuse('it is no JSON')
      }
    }
    return written.split(',').map((item) => toValue(item.trim()))
  }

  function toValue(item: string): JsonValue {
    if (item === '') throw refuse('a value between the commas is missing')
    if (type.kind === 'string' && !(item === 'null' && type.nullable)) return item
    const spelt = { True: 'true', False: 'false', None: 'null' }[item] ?? item
    try {
      return JSON.parse(spelt)
    } catch {
      const value = Number(spelt)
      return new RegExp(`^${number}$`).test(spelt) ? value : spelt
    }
  }

  function parseRange([, from, to, rest]: RegExpExecArray): ParamSpace {
    if (!['integer', 'number', 'any'].includes(type.kind))
      throw refuse(`a range is of numbers, and the param takes ${describeType(type)}`)
    const [low, high] = [Number(from), Number(to)]
    const options = parseOptions(rest as string)
    if (!(low < high)) throw refuse('the first end must be below the second')
    const areWhole = [low, high, options.step ?? 1].every(Number.isInteger)
    if (type.kind === 'integer' && !areWhole) throw refuse('the param takes whole numbers, and these are none')
    const lookWhole = /^[+-]?\d+$/.test(from as string) && /^[+-]?\d+$/.test(to as string) && areWhole
    const integer = type.kind === 'integer' || (type.mayBeWhole && lookWhole)
    if (options.log && low <= 0) throw refuse('a logarithmic range starts above 0')
    if (options.log && options.step !== null)
      throw refuse('a logarithmic range has no step', 'Leave the step out, or give :points=N.')
    if (options.step !== null && options.points !== null)
      throw refuse('a step and points say the same thing twice', 'Leave one of them out.')
    if (options.step !== null && options.step > high - low) throw refuse('the step is larger than the range')
    return { kind: 'range', low, high, integer, ...options, step: options.step ?? (integer && !options.log ? 1 : null) }
  }

  function parseOptions(rest: string) {
    let [log, step, points]: [boolean, number | null, number | null] = [false, null, null]
    for (const part of rest.split(':').slice(1)) {
      const [name, value = null] = part.includes('=') ? (part.split('=', 2) as [string, string]) : [part]
      if (name === 'log' && value === null) log = true
      else if (value === null && new RegExp(`^${number}$`).test(name)) step = Number(name)
      else if (name === 'step' && value !== null && new RegExp(`^${number}$`).test(value)) step = Number(value)
      else if (name === 'points' && /^\d{1,5}$/.test(value ?? '') && Number(value) > 1) points = Number(value)
      else {
        const nearest = words.some((word) => word === name) ? null : nearestName(name, words)
        throw refuse(
          nearest
            ? `":${part}" means nothing; did you mean ":${nearest}"?`
            : `":${part}" means nothing here: a range takes :log, a step as :0.5, or from two :points=N on`,
        )
      }
    }
    if (step !== null && !(step > 0)) throw refuse('the step must be above 0')
    return { log, step, points }
  }
}
