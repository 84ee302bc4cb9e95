/** A dataset's path is a file, a folder, or a glob with `*`, `**` and `?`; true when `path` is among its files. */
export function coversPath(pattern: string, path: string): boolean {
  const folder = pattern.replace(/\/$/, '')
  if (path === folder || path.startsWith(`${folder}/`)) return true
  return isGlob(pattern) && globPattern(pattern).test(path)
}

export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern)
}

/** What lies in a folder under such a name is no part of a dataset: hidden files, and caches. */
export function isPassedOver(name: string): boolean {
  return name.startsWith('.') || name === '__pycache__'
}

export function globPattern(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => globParts[part] ?? part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'))
    .join('')
  return new RegExp(`^${source}$`, 'u')
}

const globParts: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }
