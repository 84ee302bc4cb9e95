// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
import { FileQuestion } from 'lucide-react'
import type { ModelVersion } from '../../../core/domain/model.ts'
import type { TensorSpec } from '../../../core/domain/signature.ts'
import { describeTensorType } from '../../components/describe-tensor.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { JsonTree } from '../../components/json-tree.tsx'
import { Section } from '../../components/page.tsx'
import { PlainTable } from '../../components/plain-table.tsx'
import { useExampleRow } from '../../queries/image-queries.ts'
import overview from '../runs/run-overview.module.css'

export function ModelSignature({ version }: { readonly version: ModelVersion }) {
  const example = useExampleRow(`${version.name}@${version.version}`)
  if (!version.signature) {
    return (
      <EmptyState icon={FileQuestion} title="No signature">
        The model has no ONNX form to read one from. Its native form is kept.
      </EmptyState>
    )
  }
  const { inputs, outputs, classes } = version.signature
  return (
    <section className={overview.scroll} aria-label="Signature" tabIndex={0}>
      <Section title="Inputs">
        <Tensors label="Inputs" tensors={inputs} />
      </Section>
      <Section title="Outputs">
        <Tensors label="Outputs" tensors={outputs} />
        {classes && <p className={overview.muted}>Classes, in the order of the probabilities: {classes.join(', ')}</p>}
      </Section>
      {example.data !== undefined && example.data !== null && (
        <Section title="A recorded row">
          <JsonTree value={example.data} />
        </Section>
      )}
    </section>
  )
}

function Tensors({ label, tensors }: { readonly label: string; readonly tensors: readonly TensorSpec[] }) {
  const hasLevels = tensors.some((tensor) => tensor.levels && tensor.levels.length > 0)
  return (
    <PlainTable
      label={label}
      heads={['Name', 'Type', 'Shape', 'Null allowed', ...(hasLevels ? ['Levels'] : [])]}
      rows={tensors.map((tensor) => ({
        id: tensor.name,
        cells: [
          <code key="name">{tensor.name}</code>,
          describeTensorType(tensor.type),
          tensor.shape.map((size) => (size === -1 ? 'rows' : size)).join(' × '),
          tensor.nullable ? 'yes' : 'no',
          ...(hasLevels ? [tensor.levels?.join(', ') ?? ''] : []),
        ],
      }))}
    />
  )
}
