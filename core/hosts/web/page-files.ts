import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fail } from '../../domain/failure.ts'
import { contentTypeOf } from '../../domain/page-policy.ts'

export type PageFile = { readonly type: string; readonly etag: string; readonly read: () => Buffer }

/** Every file of the built page by its address: a path is looked up, never joined. @throws host/notBuilt */
export function listPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(folder, 'index.html'))) throw fail('host/notBuilt', { what: 'The workbench' })
  const found = new Map<string, PageFile>()
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    let bytes: Buffer | null = null
    const read = () => {
      bytes ??= readFileSync(file)
      return bytes
    }
    found.set(`/${relative(folder, file).split(sep).join('/')}`, {
      type: contentTypeOf(extname(file)),
      get etag() {
        return `"${createHash('sha256').update(read()).digest('hex').slice(0, 32)}"`
      },
      read,
    })
  }
  found.set('/', found.get('/index.html') as PageFile)
  return found
}
