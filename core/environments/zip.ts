import { type Zippable, zipSync } from 'fflate'

/**
 * A zip archive whose bytes depend on its entries alone: given order, one time, plain file rights, no compression
 * (so that no version of a compressor shows).
 */
export function writeZip(entries: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Uint8Array {
  // fflate takes the local time of this date, which is the same everywhere when it is made of local parts.
  const mtime = new Date(1980, 0, 1)
  const files: Zippable = {}
  for (const { path, bytes } of entries) files[path] = [bytes, { level: 0, mtime, os: 3, attrs: 0o644 << 16 }]
  return zipSync(files)
}
