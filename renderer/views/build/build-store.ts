import { create } from 'zustand'

type Build = {
  /** Tabs belong to one project. */
  readonly project: string | null
  /** Files with a tab, in the order of the tabs. */
  readonly openFiles: readonly string[]
  readonly activeFile: string | null
  readonly outputTab: string | null
  /** Which of text and graph is shown where there is no room for both. */
  readonly narrowTab: 'code' | 'graph'
}

const fresh: Build = {
  project: null,
  openFiles: [],
  activeFile: null,
  outputTab: null,
  narrowTab: 'code',
}

/** What is open and selected in Build; kept while another area is on screen. */
export const useBuild = create<Build>(() => fresh)

export function enterBuild(project: string): void {
  if (useBuild.getState().project !== project) useBuild.setState({ ...fresh, project }, true)
}

export function openFile(path: string): void {
  useBuild.setState(({ openFiles }) => ({
    openFiles: openFiles.includes(path) ? openFiles : [...openFiles, path],
    activeFile: path,
    narrowTab: 'code',
  }))
}

export function closeFile(path: string): void {
  useBuild.setState(({ openFiles, activeFile }) => {
    const left = openFiles.filter((other) => other !== path)
    const index = openFiles.indexOf(path)
    return { openFiles: left, activeFile: activeFile === path ? (left[index] ?? left.at(-1) ?? null) : activeFile }
  })
}
