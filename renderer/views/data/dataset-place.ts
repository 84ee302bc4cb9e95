import { projectHref } from '../../routing/route.ts'
import { useRoute } from '../../routing/use-route.ts'

export const datasetTabs = ['overview', 'files', 'versions', 'changes', 'lineage'] as const
export type DatasetTab = (typeof datasetTabs)[number]

export type DatasetPlace = {
  readonly name: string
  readonly tab: DatasetTab
  /** The version that is looked at; null is the newest. */
  readonly version: number | null
  /** What is compared: a version's number, or `now`; null leaves it to the page. */
  readonly from: string | null
  readonly to: string | null
  /** Columns that rows are matched by. */
  readonly key: readonly string[]
}

/** `data/dataset/NAME`, `data/dataset/NAME/TAB`, with `version`, `from`, `to` and `key` in the query. */
export function useDatasetPlace(): DatasetPlace | null {
  const route = useRoute()
  if (route.place !== 'project' || route.view !== 'data' || route.path[0] !== 'dataset') return null
  const [, name, tab] = route.path
  if (name === undefined) return null
  const version = Number(route.query.get('version') ?? Number.NaN)
  const key = route.query.get('key')
  return {
    name,
    tab: datasetTabs.find((one) => one === tab) ?? 'overview',
    version: Number.isInteger(version) && version > 0 ? version : null,
    from: route.query.get('from') ?? null,
    to: route.query.get('to') ?? null,
    key: key ? key.split('\n') : [],
  }
}

/** A file as a version has it; without one, as it is on disk now. */
export function fileHref(project: string, path: string, version: { name: string; version: number } | null): string {
  if (version === null) return projectHref(project, 'data', ['file', path])
  return projectHref(project, 'data', ['version', `${version.name}@${version.version}`, path])
}

type Looked = Partial<Omit<DatasetPlace, 'name'>>

export function datasetHref(project: string, name: string, { tab, version, from, to, key }: Looked = {}): string {
  const query = {
    ...(version ? { version: String(version) } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(key && key.length > 0 ? { key: key.join('\n') } : {}),
  }
  return projectHref(project, 'data', ['dataset', name, ...(tab && tab !== 'overview' ? [tab] : [])], query)
}
