import { describe, expect, it } from 'vitest'
import {
  describeLockChange,
  type Lock,
  lockDigestOf,
  parseLock,
  planKeptPins,
  writeLock,
} from '../../../core/environments/lock-file.ts'

const lock: Lock = {
  requirements: `sha256:${'1'.repeat(64)}`,
  python: '3.11',
  platform: 'linux-x86_64',
  warnings: ['skl2onnx (models as ONNX): no release fits'],
  packages: [
    { name: 'six', version: '1.16.0', hashes: [`sha256:${'b'.repeat(64)}`, `sha256:${'a'.repeat(64)}`] },
    { name: 'numpy', version: '2.4.6', hashes: [] },
  ],
}

describe('slipway.lock', () => {
  it('is one text for one content: sorted, hashed, without addresses and times', () => {
    const text = writeLock(lock)
    expect(text).toBe(writeLock({ ...lock, packages: [...lock.packages].reverse() }))
    expect(text).toMatchInlineSnapshot(`
      "# Every package of this environment, made by Slipway from the requirements. Keep it with the project.
      # requirements: sha256:1111111111111111111111111111111111111111111111111111111111111111
      # python: 3.11
      # platform: linux-x86_64
      # left out: skl2onnx (models as ONNX): no release fits
      numpy==2.4.6
      six==1.16.0 \\
          --hash=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \\
          --hash=sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      "
    `)
    expect(lockDigestOf(text)).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('reads back what it wrote, with either line ending', () => {
    const sorted = [...lock.packages]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((one) => ({ ...one, hashes: [...one.hashes].sort() }))
    expect(parseLock(writeLock(lock))).toEqual({ ...lock, packages: sorted })
    expect(parseLock(writeLock(lock).replaceAll('\n', '\r\n'))?.packages).toEqual(sorted)
  })

  it.each([
    ['nothing', ''],
    ['half a line', writeLock(lock).slice(0, -40)],
    ['an option', `${writeLock(lock)}--index-url http://evil.example\n`],
    ['an address', `${writeLock(lock)}x @ https://evil.example/x.whl\n`],
  ])('is made anew from %s', (_, text) => {
    expect(parseLock(text)).toBeNull()
  })

  it('keeps the versions that new requirements say nothing against', () => {
    expect(planKeptPins(lock.packages, ['six', 'pandas'])).toEqual(['six==1.16.0', 'numpy==2.4.6'])
    expect(planKeptPins(lock.packages, ['six==1.16.0', 'numpy[extra]>=2.5'])).toEqual(['six==1.16.0'])
    expect(planKeptPins(lock.packages, ['Six==1.17.0', 'numpy ; python_version>"3"'])).toEqual([])
  })

  it('says what changed between two', () => {
    const after = [
      { name: 'numpy', version: '2.5.0' },
      { name: 'pandas', version: '3.1.1' },
    ]
    expect(describeLockChange(lock.packages, after)).toEqual(['numpy 2.4.6 → 2.5.0', '+ pandas 3.1.1', '- six 1.16.0'])
  })
})
