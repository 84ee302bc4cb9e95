import type { LineageGraph } from '../../domain/lineage.ts'
import { type Command, required } from './command.ts'
import { formatTable } from './format-table.ts'

const lineage: Command = {
  words: ['lineage'],
  summary: 'Walk from any digest, run, model or image',
  positionals: [required('REF', 'a digest, a run, a model or an image')],
  options: [
    { name: 'up', description: 'only what led to it' },
    { name: 'down', description: 'only what came of it' },
    { name: 'deleted', description: 'also what deleted runs did, marked as such' },
    {
      name: 'format',
      value: 'FORMAT',
      choices: ['json', 'openlineage', 'prov'],
      description: 'print a document in that format',
    },
  ],
  examples: ['slipway lineage latest --up', 'slipway lineage penguins@1 --format prov'],
  async run(call, session) {
    const project = await session.project()
    const direction = call.has('up') === call.has('down') ? 'both' : call.has('up') ? 'up' : 'down'
    const reference = call.arg('REF') as string
    const withDeleted = call.has('deleted')
    const format = call.option('format')
    if (format === 'openlineage' || format === 'prov') {
      const document = await project.lineage.export({ reference, direction, format, withDeleted })
      return { json: document, text: `${JSON.stringify(document, null, 2)}\n` }
    }
    const graph = await project.lineage.walk({ reference, direction, withDeleted })
    const json = { nodes: graph.nodes.map(toNodeDocument), edges: graph.edges }
    return { json, text: format === 'json' ? `${JSON.stringify(json, null, 2)}\n` : describeGraph(graph) }
  },
}

function toNodeDocument({ id, kind, digest, name, at, deleted }: LineageGraph['nodes'][number]) {
  return {
    id,
    kind,
    ...(digest === null ? {} : { digest }),
    ...(name === null ? {} : { name }),
    ...(at ? { at } : {}),
    ...(deleted ? { deleted } : {}),
  }
}

function describeGraph(graph: LineageGraph): string {
  const nodes = formatTable(
    ['KIND', 'NAME', 'DIGEST', 'ID'],
    graph.nodes.map((node) => [
      node.deleted ? `${node.kind}, deleted` : node.kind,
      node.name ?? '',
      node.digest?.slice(7, 19) ?? '',
      node.id,
    ]),
    'Nothing is recorded of it.',
  )
  return `${nodes}\n${graph.edges.map((edge) => `${edge.from} → ${edge.to} (${edge.kind})\n`).join('')}`
}

export const lineageCommands: readonly Command[] = [lineage]
