import { fail } from '../../domain/failure.ts'
import type { JsonValue } from '../../domain/json.ts'

/** `STEP.PARAM=VALUE`, VALUE being JSON or else a plain string. @throws host/usage */
export function parseParams(written: readonly string[]): Record<string, JsonValue> {
  return Object.fromEntries(written.map(parseParam))
}

function parseParam(text: string): [string, JsonValue] {
  const equals = text.indexOf('=')
  const key = text.slice(0, equals)
  if (equals < 0 || !/^[^.\s]+\.[^.\s]+$/.test(key)) {
    throw fail('host/usage', {
      problem: `"${text}" names no param.`,
      hint: 'Write -p STEP.PARAM=VALUE, for example -p train.C=10.',
    })
  }
  return [key, toValue(text.slice(equals + 1))]
}

function toValue(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `K=V` pairs. @throws host/usage */
export function parseTags(written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((text) => {
      const equals = text.indexOf('=')
      if (equals < 1) throw fail('host/usage', { problem: `"${text}" is no tag.`, hint: 'Write --tag KEY=VALUE.' })
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}

/** @throws host/usage */
export function parseWholeNumber(text: string | null, option: string): number | undefined {
  if (text === null) return undefined
  if (!/^\d{1,9}$/.test(text)) {
    throw fail('host/usage', { problem: `${option} needs a whole number, not "${text}".`, hint: `Write ${option} 20.` })
  }
  return Number(text)
}
