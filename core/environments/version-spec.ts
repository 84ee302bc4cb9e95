type Rule = { readonly operator: string; readonly numbers: readonly number[]; readonly isOpen: boolean }

/** The oldest Python that Slipway's own package runs on. */
export const oldestPython = '3.10'

/**
 * True when a full version such as `3.11.7` fits a version (`3.11` takes every 3.11.x) or a range
 * (`>=3.11,<3.14`), as PEP 440 reads them.
 */
export function fitsVersion(version: string, spec: string): boolean {
  const numbers = toNumbers(version)
  return spec.split(',').every((part) => fitsRule(numbers, parseRule(part)))
}

function parseRule(text: string): Rule {
  const match = /^\s*(==|>=|<=|~=|!=|>|<)?\s*(\d+(?:\.\d+)*)(\.\*)?\s*$/.exec(text)
  if (!match) throw new RangeError(`not a version rule: ${text}`)
  const numbers = toNumbers(match[2] as string)
  // A bare version names a series, like `==3.11.*`; all three numbers name one release.
  return { operator: match[1] ?? '==', numbers, isOpen: match[3] !== undefined || numbers.length < 3 }
}

function fitsRule(version: readonly number[], rule: Rule): boolean {
  const order = compareVersions(version, rule.numbers)
  const startsAlike = rule.numbers.every((number, index) => version[index] === number)
  switch (rule.operator) {
    case '==':
      return rule.isOpen ? startsAlike : order === 0
    case '!=':
      return rule.isOpen ? !startsAlike : order !== 0
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0 && !(rule.isOpen && startsAlike)
    case '<':
      return order < 0
    default:
      return order >= 0 && rule.numbers.slice(0, -1).every((number, index) => version[index] === number)
  }
}

/** Below zero when the first is older; missing numbers count as zero. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

export function toNumbers(version: string): readonly number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number)
}
