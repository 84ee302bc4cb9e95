import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { OnnxState } from '../../../core/domain/model.ts'
import { Badge } from '../../components/badge.tsx'
import { describeRowsOrigin } from '../../components/describe-parity.ts'
import { describeSmall } from '../../components/describe-values.ts'
import { DigestText, Facts } from '../../components/facts.tsx'

/** Whether the ONNX export says the same as the native model, and what that means for shipping. */
export function OnnxNotice({ onnx }: { readonly onnx: OnnxState }) {
  switch (onnx.state) {
    case 'equal':
      return (
        <Facts
          facts={[
            [
              'State',
              <Badge key="state" tone="success" icon={CircleCheck}>
                Equal on {onnx.parity.rows} rows
              </Badge>,
            ],
            ['Outputs', onnx.parity.outputs.join(', ')],
            ['Largest difference', describeSmall(onnx.parity.maxDifference)],
            ['Compared on', describeRowsOrigin(onnx.parity.rowsOrigin)],
            ['Digest', <DigestText key="digest" digest={onnx.descriptor.digest} />],
          ]}
        />
      )
    case 'differs':
      return (
        <Facts
          facts={[
            [
              'State',
              <Badge key="state" tone="danger" icon={CircleX}>
                Differs from the native model
              </Badge>,
            ],
            ['First difference', onnx.parity.first && describeDifference(onnx.parity.first)],
            ['Differences', `${onnx.parity.differences} over ${onnx.parity.rows} rows`],
            ['Consequence', 'It is not shipped through ONNX. The native model is kept.'],
          ]}
        />
      )
    case 'unproved':
      return (
        <Facts
          facts={[
            [
              'State',
              <Badge key="state" tone="warning" icon={TriangleAlert}>
                Not proved
              </Badge>,
            ],
            ['Why', onnx.reason],
          ]}
        />
      )
    case 'absent':
      return (
        <Facts
          facts={[
            [
              'State',
              <Badge key="state" tone="warning" icon={TriangleAlert}>
                No ONNX
              </Badge>,
            ],
            ['Why', onnx.reason],
            ['Consequence', 'The native model is kept and stays in the run.'],
          ]}
        />
      )
  }
}

export function describeDifference(first: { row: number; column: string; expected: unknown; actual: unknown }): string {
  return `row ${first.row}, ${first.column}: recorded ${JSON.stringify(first.expected)}, got ${JSON.stringify(first.actual)}`
}
