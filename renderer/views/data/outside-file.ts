/** A file that is no file of the project yet. One of both says how to get at it: where it lies, or its bytes. */
export type OutsideFile =
  | { readonly name: string; readonly sizeBytes: number | null; readonly from: string; readonly bytes: null }
  | { readonly name: string; readonly sizeBytes: number; readonly from: null; readonly bytes: File }

export type Given =
  | { readonly kind: 'inside'; readonly path: string }
  | { readonly kind: 'outside'; readonly file: OutsideFile }

/** What a drop or a paste gave: the desktop app knows where it lies, a browser has its bytes alone. */
export function fromFile(file: File, projectFolder: string): Given {
  const from = window.slipway?.pathOfFile(file) ?? ''
  if (from === '') return { kind: 'outside', file: { name: file.name, sizeBytes: file.size, from: null, bytes: file } }
  return fromAbsolute(from, projectFolder, file.size)
}

/** A path as people copy it: bare, quoted, or as file managers write it. Null for text that is no absolute path. */
export function fromText(text: string, projectFolder: string): Given | null {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, '$2')
  if (bare === '' || /[\r\n]/.test(bare)) return null
  const path = bare.startsWith('file://') ? fromAddress(bare) : bare
  return path !== null && isAbsolutePath(path) ? fromAbsolute(path, projectFolder, null) : null
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
}

function fromAbsolute(from: string, projectFolder: string, sizeBytes: number | null): Given {
  const [path, folder] = [from, projectFolder].map((each) => each.replaceAll('\\', '/')) as [string, string]
  if (path.startsWith(`${folder}/`)) return { kind: 'inside', path: path.slice(folder.length + 1) }
  return { kind: 'outside', file: { name: path.slice(path.lastIndexOf('/') + 1), sizeBytes, from, bytes: null } }
}

function fromAddress(text: string): string | null {
  if (!URL.canParse(text)) return null
  try {
    const path = decodeURIComponent(new URL(text).pathname)
    return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path
  } catch {
    return null
  }
}
