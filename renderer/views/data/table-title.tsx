import { History } from 'lucide-react'
import { coversPath } from '../../../core/domain/dataset-path.ts'
import type { TableSource } from '../../../core/domain/table.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Badge } from '../../components/badge.tsx'
import { useDatasets } from '../../queries/dataset-queries.ts'
import { datasetHref } from './dataset-place.ts'

/** What is looked at, with the way back to the dataset, or the version of it, that it is a file of. */
export function TableTitle({ source, title }: { readonly source: TableSource; readonly title: string }) {
  const project = useProjectKey()
  const datasets = useDatasets().data ?? []
  if (source.kind === 'version') {
    const [name, version] = splitReference(source.dataset)
    return (
      <>
        <a href={datasetHref(project, name, { tab: 'files', version })}>{name}</a>
        <span aria-hidden>/</span>
        {title}
        <Badge tone="neutral" icon={History}>
          as version {version} has it
        </Badge>
      </>
    )
  }
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

function splitReference(reference: string): readonly [name: string, version: number] {
  const at = reference.lastIndexOf('@')
  return [reference.slice(0, at), Number(reference.slice(at + 1))]
}
