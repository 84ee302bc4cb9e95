import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import type { JsonValue } from '../../../core/domain/json.ts'
import type { ParamDeclaration, StepDeclaration } from '../../../core/domain/pipeline.ts'
import { IconButton } from '../../components/button.tsx'
import { Checkbox, Field, SelectInput, TextInput } from '../../components/field.tsx'
import { dropOverride, setOverride, useOverrides } from '../../live/use-plan.ts'
import { type ParamInput, parseParam, toParamInput, toParamText } from './param-input.ts'
import styles from './params-form.module.css'

/** Params of a step for the next run. What is set here overrides the text and leaves it as it is. */
export function ParamsForm({ step }: { readonly step: StepDeclaration }) {
  return (
    <div className={styles.form}>
      {step.params.map((param) => (
        <ParamField key={`${step.name}.${param.name}`} name={`${step.name}.${param.name}`} param={param} />
      ))}
    </div>
  )
}

function ParamField({ name, param }: { readonly name: string; readonly param: ParamDeclaration }) {
  const overrides = useOverrides((state) => state.params)
  const isSet = Object.hasOwn(overrides, name)
  const value = isSet ? (overrides[name] as JsonValue) : param.default
  const input = toParamInput(param)
  // Null while nothing is being typed: a pipeline that is read anew meanwhile takes nothing away.
  const [typed, setTyped] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  const leave = () => {
    setTyped(null)
    setProblem(null)
  }
  const change = (next: JsonValue) => {
    leave()
    if (JSON.stringify(next) === JSON.stringify(param.default)) dropOverride(name)
    else setOverride(name, next)
  }
  const commit = () => {
    if (typed === null) return
    const parsed = parseParam(input, typed)
    if ('problem' in parsed) setProblem(parsed.problem)
    else change(parsed.value)
  }
  return (
    <div className={styles.param} data-set={isSet || undefined}>
      <Field
        label={
          <>
            {param.name} <span className={styles.type}>{param.annotation ?? input.kind}</span>
          </>
        }
        help={isSet ? `Set for the next run. In the code: ${toParamText(input, param.default) || 'None'}` : undefined}
        problem={problem}
        steady
      >
        {(props) => (
          <Control
            {...props}
            input={input}
            value={value}
            text={typed ?? toParamText(input, value)}
            onText={setTyped}
            onCommit={commit}
            onValue={change}
          />
        )}
      </Field>
      {(isSet || problem !== null) && (
        <IconButton
          className={styles.reset}
          icon={RotateCcw}
          size={13}
          label={`Take ${param.name} from the code again`}
          onClick={() => {
            leave()
            dropOverride(name)
          }}
        />
      )}
    </div>
  )
}

type ControlProps = {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
  readonly input: ParamInput
  readonly value: JsonValue
  readonly text: string
  readonly onText: (text: string) => void
  readonly onCommit: () => void
  readonly onValue: (value: JsonValue) => void
}

function Control({ input, value, text, onText, onCommit, onValue, ...tied }: ControlProps) {
  if (input.kind === 'boolean' && !input.nullable) {
    return (
      <Checkbox
        {...tied}
        label={value === true ? 'True' : 'False'}
        checked={value === true}
        onChange={(event) => onValue(event.target.checked)}
      />
    )
  }
  if (input.kind === 'choice' || input.kind === 'boolean') {
    const choices = input.kind === 'boolean' ? [true, false] : input.choices
    const all = input.nullable && !choices.includes(null) ? [...choices, null] : choices
    return (
      <SelectInput
        {...tied}
        value={JSON.stringify(value)}
        onChange={(event) => onValue(JSON.parse(event.target.value))}
      >
        {all.map((choice) => (
          <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
            {choice === null ? 'None' : String(choice)}
          </option>
        ))}
      </SelectInput>
    )
  }
  return (
    <TextInput
      {...tied}
      className="mono"
      inputMode={input.kind === 'integer' || input.kind === 'number' ? 'decimal' : 'text'}
      placeholder={input.nullable ? 'None' : undefined}
      value={text}
      onChange={(event) => onText(event.target.value)}
      onBlur={onCommit}
      onKeyDown={(event) => event.key === 'Enter' && onCommit()}
    />
  )
}
