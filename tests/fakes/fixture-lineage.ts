import type { ProjectCore } from '../../core/api/project-core.ts'
import type { LineageEdge, LineageNode, LineageNodeKind } from '../../core/domain/lineage.ts'
import type { Run } from '../../core/domain/run.ts'

type Runs = { list(request: object): { readonly runs: readonly Run[] }; deleted(): readonly { readonly run: Run }[] }

/** Two steps of every run that there is, from one file; where deleted runs are asked for, theirs too, marked. */
export function createFixtureLineage(runs: Runs): ProjectCore['lineage'] {
  return {
    async walk(_reference, _direction, withDeleted = false) {
      const gone = runs.deleted().map(({ run }) => run)
      const file = toNode('file', 'data/wine.csv', 'data/wine.csv', false)
      const live = runs.list({}).runs.map((run) => toPath(run, file, false))
      const deleted = withDeleted ? gone.map((run) => toPath(run, file, true)) : []
      const paths = [...live, ...deleted]
      if (paths.length === 0) return { nodes: [], edges: [] }
      return { nodes: [file, ...paths.flatMap(({ nodes }) => nodes)], edges: paths.flatMap(({ edges }) => edges) }
    },
    export: async () => null,
  }
}

function toPath({ id }: Run, file: LineageNode, deleted: boolean) {
  const [run, raw, rows, model, forest] = [
    toNode('run', id, null, deleted),
    toNode('stepRun', `${id}-raw`, 'raw', deleted),
    toNode('artifact', `${id}-rows`, 'raw', deleted),
    toNode('stepRun', `${id}-model`, 'model', deleted),
    toNode('artifact', `${id}-model`, 'model', deleted),
  ] as const
  const edges: readonly LineageEdge[] = [
    { from: run.id, to: raw.id, kind: 'generated' },
    { from: run.id, to: model.id, kind: 'generated' },
    { from: file.id, to: raw.id, kind: 'used' },
    { from: raw.id, to: rows.id, kind: 'generated' },
    { from: rows.id, to: model.id, kind: 'used' },
    { from: model.id, to: forest.id, kind: 'generated' },
  ]
  return { nodes: [run, raw, rows, model, forest], edges }
}

function toNode(kind: LineageNodeKind, key: string, name: string | null, deleted: boolean): LineageNode {
  return { id: `${kind}:${key}`, kind, digest: null, name, at: null, ...(deleted && { deleted }) }
}
