/** Why a dataset may not have that path; null when it may. */
export function datasetPathProblem(path: string): string | null {
  return path.startsWith('package:') ? packagePathProblem(path) : pathProblem(path)
}

function packagePathProblem(path: string): string | null {
  const rest = path.slice('package:'.length)
  return /^[A-Za-z_]\w*\//.test(rest) ? pathProblem(rest) : 'it must be package:NAME/PATH'
}

/** Why a path from the settings leaves the project or is not portable; null when it is fine. */
export function pathProblem(path: string): string | null {
  if (/\p{Cc}/u.test(path)) return 'it holds a control character'
  if (path.includes('\\')) return 'it holds a backslash'
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.startsWith('~'))
    return 'it is not relative to the project'
  if (path.split('/').some((segment) => segment === '..')) return 'it leaves the project'
  return null
}
