import type { JsonValue } from '../../core/domain/json.ts'
import styles from './artifact-preview.module.css'
import { type Fact, Facts } from './facts.tsx'
import { JsonTree } from './json-tree.tsx'

type Summary = { readonly [key: string]: JsonValue }

/** A model in words: what it tells apart, what it looks at, and whether it goes to ONNX. */
export function ModelSummary({ summary }: { readonly summary: Summary }) {
  const { classes, featureNames, onnxOpset, onnxRefusal, native } = summary
  const facts: readonly (Fact | false)[] = [
    isNames(classes) && ['Classes', classes.join(', ')],
    isNames(featureNames) && ['Looks at', featureNames.join(', ')],
    typeof onnxRefusal === 'string'
      ? ['ONNX', `cannot express it: ${onnxRefusal}`]
      : typeof onnxOpset === 'number' && ['ONNX', `opset ${onnxOpset}`],
    typeof native === 'string' && ['Native form', <code key="native">{native}</code>],
  ]
  return (
    <>
      <Facts facts={facts} />
      <details className={styles.whole}>
        <summary>Everything that was recorded of it</summary>
        <JsonTree value={summary} />
      </details>
    </>
  )
}

function isNames(value: JsonValue | undefined): value is readonly (string | number)[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry !== 'object')
}
