import { relative, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'

const quietMs = 120
const latestMs = 1_000
const ignoredFolders = /(^|\/)(\.slipway|\.git|__pycache__|node_modules|\.?venv)(\/|$)|\.slipway-save-/

/**
 * Tells of changed files (project-relative POSIX), gathered until nothing moved for a moment. Links are not followed.
 * @returns a function that stops it
 */
export function watchProjectFiles(
  realFolder: string,
  emit: (changed: readonly string[]) => void,
  onError: (error: unknown) => void,
): () => void {
  const changed = new Set<string>()
  let firstAt = 0
  let timer: NodeJS.Timeout | undefined

  const flush = () => {
    const paths = [...changed].sort()
    changed.clear()
    timer = undefined
    if (paths.length > 0) emit(paths)
  }
  const note = (path: string) => {
    const inside = toPosix(relative(realFolder, path))
    if (inside === '') return
    if (changed.size === 0) firstAt = performance.now()
    changed.add(inside)
    clearTimeout(timer)
    timer = setTimeout(flush, Math.max(0, Math.min(quietMs, latestMs - (performance.now() - firstAt))))
  }

  const watcher: FSWatcher = watch(realFolder, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignored: (path) => ignoredFolders.test(toPosix(relative(realFolder, path))),
  })
  for (const event of ['add', 'change', 'unlink', 'addDir', 'unlinkDir'] as const) watcher.on(event, note)
  watcher.on('error', onError)
  return () => {
    clearTimeout(timer)
    void watcher.close()
  }
}

function toPosix(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
