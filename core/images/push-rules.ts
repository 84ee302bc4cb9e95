import { fail } from '../domain/failure.ts'
import type { Image } from '../domain/image.ts'
import type { Evidence, ModelVersion } from '../domain/model.ts'
import type { Parity } from '../domain/parity.ts'

export type RequirePushable = (
  model: string,
) => Promise<{ readonly version: ModelVersion; readonly approvalNode: string }>

/**
 * What must hold before an image leaves the project, by whichever door: its model is approved as it is now, and its
 * own server answered as the experiment did. @throws models/notApproved, images/parityFailed, images/parityUnknown
 */
export async function requireShippable(
  image: Image,
  proof: Parity | null,
  requirePushable: RequirePushable,
): Promise<{ readonly approvalNode: string }> {
  const name = `${image.model.name}@${image.model.version}`
  const { version, approvalNode } = await requirePushable(name)
  if (version.digest !== image.model.digest)
    throw fail('models/notApproved', { model: name, reason: 'the approval is for another model than this image holds' })
  for (const parity of [image.parity, proof]) if (parity?.state === 'failed') throw failed(name, parity)
  if (proof === null) throw fail('images/parityUnknown', { image: name, reason: 'it was never compared' })
  if (proof.state === 'unknown')
    throw fail('images/parityUnknown', { image: name, reason: proof.detail ?? 'it could not be compared' })
  return { approvalNode }
}

/** @throws images/licenceUnstated unless it was said that this is known */
export function requireLicences({ data }: Pick<Evidence, 'data'>, isAcknowledged: boolean): void {
  const unstated = data.filter(({ licence }) => licence === null).map(({ path }) => path)
  if (unstated.length > 0 && !isAcknowledged) throw fail('images/licenceUnstated', { data: [...new Set(unstated)] })
}

function failed(image: string, { first, differences }: Parity): Error {
  return fail('images/parityFailed', {
    image,
    row: first?.row ?? 0,
    column: first?.column ?? '',
    expected: first?.expected ?? null,
    actual: first?.actual ?? null,
    differences,
  })
}
