import { homedir } from 'node:os'
import { join, relative, resolve } from 'node:path'

/** Marks, among names of project files, one that lies outside of the project; no path of a project file begins so. */
const mark = 'outside:'

/**
 * How a file outside the project is recorded: no absolute path is, yet it must be found again. From the home folder,
 * `~/data/a.csv`, or from the project, `../data/a.csv`.
 */
export function toOutsidePath(file: string, projectFolder: string): string {
  const home = homedir()
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : relative(projectFolder, file)
}

export function outsideKey(path: string): string {
  return mark + path
}

/** The recorded path of such a name; null for a file of the project. */
export function outsidePathOf(name: string): string | null {
  return name.startsWith(mark) ? name.slice(mark.length) : null
}

/** Absolute. */
export function outsideFile(path: string, projectFolder: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(projectFolder, path)
}
