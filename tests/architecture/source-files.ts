import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export const repository = new URL('../..', import.meta.url).pathname

export type Import = { readonly specifier: string; readonly typeOnly: boolean; readonly target: string | null }
export type SourceFile = { readonly path: string; readonly text: string; readonly imports: readonly Import[] }

/** Every file that git knows or would take, as repository-relative POSIX paths. */
export function trackedFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(join(repository, path))).sort()
}

/** The project's own TypeScript outside tests. */
export function sourceFiles(): readonly SourceFile[] {
  return trackedFiles()
    .filter((path) => /^(core|electron|renderer)\/.*\.(ts|tsx|mts|cts)$/.test(path))
    .map((path) => {
      const text = readFileSync(join(repository, path), 'utf8')
      return { path, text, imports: readImports(path, text) }
    })
}

/** Static and dynamic imports, re-exports, and files named by `new URL('./x', import.meta.url)`. */
export function readImports(path: string, text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean) =>
    found.push({
      specifier,
      typeOnly,
      target: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : null,
    })
  for (const match of code.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s)?([^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]/g)) {
    const names = match[2] ?? ''
    const allNamesAreTypes = /^\{\s*(type\s+[\w$]+(\s+as\s+[\w$]+)?\s*,?\s*)+\}\s*from/.test(names.trim())
    add(match[3] as string, match[1] !== undefined || allNamesAreTypes)
  }
  for (const match of code.matchAll(/\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)/g)) add(match[1] as string, false)
  for (const match of code.matchAll(/\brequire\s*\(\s*['"]([^'"]+)['"]\s*\)/g)) add(match[1] as string, false)
  return found
}

/** The folder that carries a rank: two segments under core, one elsewhere. */
export function roomOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'core' ? parts.slice(0, 2).join('/') : (parts[0] as string)
}

export function packageOf(specifier: string): string {
  return specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] as string)
}
