import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sitePackagesOf } from './installed-packages.ts'
import type { Wheel } from './wheel.ts'

/** Installs a pure Python wheel as installers do, by unpacking it; an older one of its name goes first. */
export function unpackWheel(wheel: Wheel, environmentFolder: string): void {
  const [folder] = sitePackagesOf(environmentFolder)
  if (folder === undefined) throw new Error(`${environmentFolder} has no site-packages`)
  for (const name of readdirSync(folder))
    if (name === wheel.name || (name.startsWith(`${wheel.name}-`) && name.endsWith('.dist-info')))
      rmSync(join(folder, name), { recursive: true, force: true })
  const installer = { path: `${wheel.name}-${wheel.version}.dist-info/INSTALLER`, bytes: Buffer.from('slipway\n') }
  for (const { path, bytes } of [...wheel.entries, installer]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
}
