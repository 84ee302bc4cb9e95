import { describe, expect, it } from 'vitest'
import { unifiedDiff } from '../../../core/domain/unified-diff.ts'

const names = { from: 'before', to: 'after' }

describe('unifiedDiff', () => {
  it('is empty for equal texts', () => {
    expect(unifiedDiff('a\nb\n', 'a\nb\n', names)).toBe('')
  })

  it('shows one changed line with its surroundings', () => {
    const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n'
    expect(unifiedDiff(before, before.replace('five', 'FIVE'), names)).toBe(
      '--- before\n+++ after\n@@ -2,7 +2,7 @@\n two\n three\n four\n-five\n+FIVE\n six\n seven\n eight\n',
    )
  })

  it('counts from nothing as patch does', () => {
    expect(unifiedDiff('', 'new\n', names)).toBe('--- before\n+++ after\n@@ -0,0 +1 @@\n+new\n')
    expect(unifiedDiff('old\n', '', names)).toBe('--- before\n+++ after\n@@ -1 +0,0 @@\n-old\n')
  })

  it('keeps far changes apart and near ones together', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`)
    const changed = lines.map((line, index) => (index === 2 || index === 6 || index === 25 ? `${line}!` : line))
    const diff = unifiedDiff(`${lines.join('\n')}\n`, `${changed.join('\n')}\n`, names)
    expect(diff.match(/^@@ .* @@$/gm)).toEqual(['@@ -1,10 +1,10 @@', '@@ -23,7 +23,7 @@'])
  })

  it('replaces wholly when two long texts have nothing in common', () => {
    const text = (letter: string) => `${Array.from({ length: 3000 }, (_, i) => letter + i).join('\n')}\n`
    const diff = unifiedDiff(text('a'), text('b'), names)
    expect(diff.split('\n').filter((line) => line.startsWith('-a'))).toHaveLength(3000)
    expect(diff.split('\n').filter((line) => line.startsWith('+b'))).toHaveLength(3000)
  })
})
