/** `12 %`, and never 0 % or 100 % of what is neither none nor all. */
export function describeShare(part: number, whole: number): string {
  if (whole === 0) return '0 %'
  const percent = (part / whole) * 100
  if (part > 0 && percent < 0.1) return '<0.1 %'
  if (part < whole && percent > 99.9) return '>99.9 %'
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)} %`
}

/** A figure for people: six digits tell enough, a whole number keeps all of its own. */
export function describeFigure(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value)) return value.toLocaleString('en')
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15
    ? value.toLocaleString('en', { maximumSignificantDigits: 6 })
    : value.toPrecision(6)
}
