import type { LineageNode } from '../../../core/domain/lineage.ts'
import { projectHref } from '../../routing/route.ts'
import { datasetHref } from '../data/dataset-place.ts'

/** Where a node is shown whole; null when it has no page of its own. */
export function placeOf(node: LineageNode, project: string): { readonly href: string; readonly words: string } | null {
  if (node.deleted) return { href: projectHref(project, 'runs', ['deleted']), words: 'Open the deleted runs' }
  const key = node.id.slice(node.id.indexOf(':') + 1)
  switch (node.kind) {
    case 'run':
      return { href: projectHref(project, 'runs', [key]), words: 'Open the run' }
    case 'file': {
      // A version of a dataset ends in its number, a state of a file in its digest.
      const [, name, version] = /^dataset\/(.+)@(\d+)$/.exec(key) ?? []
      if (name === undefined) return null
      return { href: datasetHref(project, name, { version: Number(version) }), words: 'Open the dataset' }
    }
    case 'modelVersion':
      return node.name ? { href: projectHref(project, 'models', [node.name]), words: 'Open the model version' } : null
    case 'image':
      return { href: projectHref(project, 'ship', [], { image: key }), words: 'Open the image' }
    default:
      return null
  }
}
