import { coversPath } from '../../../core/domain/dataset-path.ts'
import type { TableSource } from '../../../core/domain/table.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { useDatasets } from '../../queries/dataset-queries.ts'
import { datasetHref } from './dataset-place.ts'

/** What is looked at, with the way back to the dataset that it is a file of. */
export function TableTitle({ source, title }: { readonly source: TableSource; readonly title: string }) {
  const project = useProjectKey()
  const datasets = useDatasets().data ?? []
  const dataset = source.kind === 'file' ? datasets.find(({ path }) => coversPath(path, source.path)) : undefined
  if (dataset === undefined) return title
  return (
    <>
      <a href={datasetHref(project, dataset.name)}>{dataset.name}</a>
      <span aria-hidden>/</span>
      {title}
    </>
  )
}
