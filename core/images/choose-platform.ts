import { fail } from '../domain/failure.ts'
import type { OciDescriptor } from './oci-manifest.ts'
import { describePlatform, type Platform } from './platform.ts'

/** The entry of an index for a platform; one without a platform stands for any. @throws images/baseUnfit */
export function choosePlatform(entries: readonly OciDescriptor[], platform: Platform, name: string): OciDescriptor {
  const images = entries.filter(({ platform: of }) => of?.os !== 'unknown')
  const chosen =
    images.find(({ platform: of }) => of?.os === platform.os && of.architecture === platform.architecture) ??
    images.find(({ platform: of }) => of === undefined)
  if (chosen) return chosen
  const offered = images.map(({ platform: of }) => `${of?.os}/${of?.architecture}`).join(', ')
  throw fail('images/baseUnfit', {
    base: name,
    problem: `it is not offered for ${describePlatform(platform)}${offered ? `, only for ${offered}` : ''}`,
  })
}
