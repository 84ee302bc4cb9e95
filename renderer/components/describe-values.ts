/** Numbers, times and sizes as people read them. */

const number = new Intl.NumberFormat('en')
const decimals = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const longAgo = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** `84 ms`, `3.2 s`, `2 min 05 s`, `1 h 12 min`. */
export function describeDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function describeCount(count: number, one: string, many = `${one}s`): string {
  return `${number.format(count)} ${count === 1 ? one : many}`
}

/** Four significant digits, and never fewer than the whole part; whole numbers whole; the words for what JSON has no number for. */
export function describeMetric(value: number | string): string {
  if (typeof value === 'string') return value
  if (Number.isInteger(value)) return number.format(value)
  const size = Math.abs(value)
  if (size >= 1000) return tenths.format(value)
  return size < 1e-6 ? value.toExponential(3) : decimals.format(value)
}

/** `+0.093`, `−12`; null where nothing differs or nothing can be subtracted. */
export function describeDelta(now: number | string | undefined, before: number | string | undefined): string | null {
  if (typeof now !== 'number' || typeof before !== 'number' || now === before) return null
  const difference = now - before
  return `${difference < 0 ? '−' : '+'}${describeMetric(Number(Math.abs(difference).toPrecision(3)))}`
}

/** A difference so small that only its size matters: `0`, `1.1e-16`. */
export function describeSmall(value: number): string {
  return value === 0 ? '0' : value.toPrecision(2)
}

/** `14:05` today, `3 Nov, 14:05` this year, otherwise the date. */
export function describeTime(at: string, now = new Date()): string {
  const time = new Date(at)
  if (time.toDateString() === now.toDateString()) return clock.format(time)
  if (time.getFullYear() === now.getFullYear()) return `${day.format(time)}, ${clock.format(time)}`
  return longAgo.format(time)
}

/** `just now`, `4 min ago`, `2 h ago`, `3 d ago`, then the date. */
export function describeAgo(at: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000)
  if (seconds < 45) return 'just now'
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  if (seconds < 14 * 86_400) return `${Math.round(seconds / 86_400)} d ago`
  return longAgo.format(new Date(at))
}
