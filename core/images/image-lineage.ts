import type { Digest } from '../domain/digest.ts'
import type { Image, Push } from '../domain/image.ts'
import { type LineageStore, lineageIds } from '../lineage/lineage.ts'

/** model version → image ← base */
export function recordImageLineage(
  lineage: LineageStore,
  image: Omit<Image, 'parity' | 'pushes'>,
  base: Digest | null,
  runId: string,
): void {
  const id = lineageIds.image(image.manifestDigest)
  const name = `${image.model.name}@${image.model.version}`
  const baseNode = base && lineageIds.image(base)
  lineage.record(
    [
      ...(baseNode
        ? [{ id: baseNode, kind: 'image' as const, digest: base, name: `base ${image.base}`, at: null }]
        : []),
      { id, kind: 'image', digest: image.manifestDigest, name, at: image.builtAt, runId },
    ],
    [
      { from: lineageIds.modelVersion(image.model.name, image.model.version), to: id, kind: 'used' },
      ...(baseNode ? [{ from: baseNode, to: id, kind: 'used' as const }] : []),
    ],
  )
}

/** image → push ← approval */
export function recordPushLineage(lineage: LineageStore, push: Push, approvalNode: string, runId: string): void {
  const id = lineageIds.push(push.reference, push.manifestDigest)
  lineage.record(
    [{ id, kind: 'push', digest: push.manifestDigest, name: push.reference, at: push.pushedAt, runId }],
    [
      { from: lineageIds.image(push.manifestDigest), to: id, kind: 'used' },
      { from: approvalNode, to: id, kind: 'used' },
    ],
  )
}
