import { Send } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Serving } from '../../../core/domain/image.ts'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { ModelVersion } from '../../../core/domain/model.ts'
import type { TensorSpec } from '../../../core/domain/signature.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-text.tsx'
import { describeTensorType } from '../../components/describe-tensor.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, SelectInput, TextInput } from '../../components/field.tsx'
import { useExampleRow, useTryPredict } from '../../queries/image-queries.ts'
import { Answer } from './answer.tsx'
import styles from './ship-page.module.css'

type TryFormProps = { readonly version: ModelVersion; readonly serving: Serving }

/** A form made of the model's signature, filled with a recorded row; the answer is the server's own. */
export function TryForm({ version, serving }: TryFormProps) {
  const example = useExampleRow(`${version.name}@${version.version}`).data
  const attempt = useTryPredict()
  const inputs = version.signature?.inputs ?? []
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const recorded = useMemo(() => toRow(example), [example])
  const textOf = (input: TensorSpec) => typed[input.name] ?? toText(recorded[input.name])
  const row = Object.fromEntries(inputs.map((input) => [input.name, toValue(input, textOf(input))]))
  const answer = attempt.data
  const curl = `curl -s ${serving.url}/predict -H 'content-type: application/json' \\\n  -d ${quote(JSON.stringify([row]))}`
  return (
    <form
      className={styles.stack}
      aria-label="Try a prediction"
      onSubmit={(event) => {
        event.preventDefault()
        attempt.mutate({ id: serving.id, body: [row] as JsonValue })
      }}
    >
      <div className={styles.form}>
        {inputs.map((input) => (
          <Field key={input.name} label={input.name} help={describeTensorType(input.type)}>
            {(props) =>
              input.levels && input.levels.length > 0 ? (
                <SelectInput
                  {...props}
                  value={textOf(input)}
                  onChange={(event) => setTyped({ ...typed, [input.name]: event.target.value })}
                >
                  {input.levels.map((level) => (
                    <option key={level}>{level}</option>
                  ))}
                </SelectInput>
              ) : (
                <TextInput
                  {...props}
                  value={textOf(input)}
                  onChange={(event) => setTyped({ ...typed, [input.name]: event.target.value })}
                />
              )
            }
          </Field>
        ))}
      </div>
      <div className={styles.row}>
        <Button
          type="submit"
          look="primary"
          icon={Send}
          busy={attempt.isPending}
          disabledReason={serving.state === 'healthy' ? null : 'The server is not healthy yet.'}
        >
          Predict
        </Button>
        <Button look="quiet" onClick={() => setTyped({})}>
          Back to the recorded row
        </Button>
      </div>
      {attempt.isError && <ErrorNotice error={attempt.error} />}
      {answer && <Answer answer={answer} classes={version.signature?.classes ?? null} />}
      <details className={styles.more}>
        <summary>From a shell</summary>
        <div className={styles.snippet}>
          <pre className={styles.code}>{curl}</pre>
          <CopyButton text={curl} label="Copy" />
        </div>
      </details>
    </form>
  )
}

/** One word for a shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function toRow(example: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  return example !== null && typeof example === 'object' && !Array.isArray(example)
    ? (example as Record<string, JsonValue>)
    : {}
}

function toText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What cannot be read as the input's type is sent as it was typed: the server names the field in its refusal. */
function toValue(input: TensorSpec, text: string): JsonValue {
  if (input.type === 'BYTES') return text
  if (text.trim() === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
