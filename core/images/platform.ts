import { fail } from '../domain/failure.ts'

/** Where an image runs, as OCI spells it. */
export type Platform = { readonly os: 'linux'; readonly architecture: 'amd64' | 'arm64' }

const architectures = { x64: 'amd64', arm64: 'arm64' } as const

/** The platform of images that this process can make from its own files; null when it is none of the two. */
export function hostArchitecture(): Platform['architecture'] | null {
  return process.arch in architectures ? architectures[process.arch as keyof typeof architectures] : null
}

export function describePlatform(platform: Platform): string {
  return `${platform.os}/${platform.architecture}`
}

/** The name that Node and its packages use for the processor. */
export function nodeArchitecture(platform: Platform): 'x64' | 'arm64' {
  return platform.architecture === 'amd64' ? 'x64' : 'arm64'
}

/** Where the loader of a platform looks for libraries named after it. */
export function libraryTriplet(platform: Platform): string {
  return platform.architecture === 'amd64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu'
}

/** @throws images/platformUnavailable */
export function parsePlatform(text: string): Platform {
  const [os, architecture] = text.split('/')
  if (os === 'linux' && (architecture === 'amd64' || architecture === 'arm64') && text.split('/').length === 2)
    return { os, architecture }
  const here = hostArchitecture()
  throw fail('images/platformUnavailable', { platform: text, available: here ? `linux/${here}` : 'no Linux files' })
}
