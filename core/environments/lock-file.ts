import { createHash } from 'node:crypto'
import { type Digest, parseDigest } from '../domain/digest.ts'
import type { Package } from '../domain/environment.ts'
import { toPackageName } from './requirement.ts'

/** One package of the lock; hashes are `sha256:…` of the files that may be installed for it. */
export type LockedPackage = Package & { readonly hashes: readonly string[] }

/** slipway.lock: every package, exactly. Hashes and choices hold for the Python and platform it was made on. */
export type Lock = {
  readonly requirements: string
  /** Major and minor. */
  readonly python: string
  readonly platform: string
  /** What Slipway left out so that the project's pins hold, one sentence each. */
  readonly warnings: readonly string[]
  readonly packages: readonly LockedPackage[]
}

export const lockFileName = 'slipway.lock'

/** The text of the lock: one for one content, sorted, without times and download addresses. */
export function writeLock(lock: Lock): string {
  const packages = [...lock.packages].sort((a, b) => (a.name < b.name ? -1 : 1))
  return [
    '# Every package of this environment, made by Slipway from the requirements. Keep it with the project.',
    `# requirements: ${lock.requirements}`,
    `# python: ${lock.python}`,
    `# platform: ${lock.platform}`,
    ...lock.warnings.map((warning) => `# left out: ${warning.replace(/\s+/g, ' ')}`),
    ...packages.map(({ name, version, hashes }) =>
      [`${name}==${version}`, ...[...hashes].sort().map((hash) => `    --hash=${hash}`)].join(' \\\n'),
    ),
    '',
  ].join('\n')
}

/** Reads a lock back; null when the text is no lock of Slipway's, so that it is made anew. */
export function parseLock(text: string): Lock | null {
  const header = (name: string) => new RegExp(`^# ${name}: (.+)$`, 'm').exec(text)?.[1]?.trim()
  const [requirements, python, platform] = [header('requirements'), header('python'), header('platform')]
  if (!requirements || !python || !platform) return null
  const packages: LockedPackage[] = []
  for (const line of text.replaceAll('\r\n', '\n').replaceAll('\\\n', ' ').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.!+_-]+)((?:\s+--hash=sha256:[0-9a-f]{64})*)\s*$/.exec(
      line,
    )
    if (!match) return null
    const hashes = [...(match[3] as string).matchAll(/sha256:[0-9a-f]{64}/g)].map(([hash]) => hash)
    packages.push({ name: match[1] as string, version: match[2] as string, hashes })
  }
  const warnings = [...text.matchAll(/^# left out: (.+)$/gm)].map((match) => match[1] as string)
  return { requirements, python, platform, warnings, packages }
}

/** The identity of an environment. */
export function lockDigestOf(text: string): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
}

/** What changed between two locks, for people: `pandas 2.2.2 → 2.2.3`, `+ pyarrow 19.0`, `- six 1.16`. */
export function describeLockChange(before: readonly Package[], after: readonly Package[]): readonly string[] {
  const old = new Map(before.map(({ name, version }) => [name, version]))
  const now = new Map(after.map(({ name, version }) => [name, version]))
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [from, to] = [old.get(name), now.get(name)]
    if (from === to) return []
    if (from === undefined) return [`+ ${name} ${to}`]
    return to === undefined ? [`- ${name} ${from}`] : [`${name} ${from} → ${to}`]
  })
}

/**
 * The pins of the last lock that may hold beside new requirements: those of packages that the requirements do not
 * name, or name without saying anything else.
 */
export function planKeptPins(locked: readonly Package[], requirements: readonly string[]): readonly string[] {
  const asked = new Map(requirements.map((text) => [toPackageName(text), text]))
  return locked.flatMap(({ name, version }) => {
    const rule = asked.get(name)?.replace(/^[A-Za-z0-9._-]+\s*(\[[^\]]*\])?\s*/, '') ?? ''
    return rule === '' || rule === `==${version}` ? [`${name}==${version}`] : []
  })
}
