import {
  type ComponentProps,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'
import styles from './field.module.css'

type FieldProps = {
  readonly label: ReactNode
  /** What is expected, below the input. */
  readonly help?: ReactNode
  /** What is wrong with what was entered. */
  readonly problem?: string | null | undefined
  /**
   * Keeps one line free for what is expected or else wrong, so that nothing below moves when either comes. What does not
   * fit in the line is cut off in sight, whole in the hint: the page says elsewhere what is longer.
   */
  readonly steady?: boolean
  /** Gets what ties the input to its label and texts. */
  readonly children: (props: {
    readonly id: string
    readonly 'aria-describedby': string | undefined
    readonly 'aria-invalid': boolean | undefined
  }) => ReactNode
}

/** A label, an input and what belongs to them, tied together for every kind of reader. */
export function Field({ label, help: wanted, problem, steady = false, children }: FieldProps) {
  const id = useId()
  const help = steady && problem ? null : wanted
  const described = [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div className={`${styles.field} ${steady ? styles.steady : ''}`}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': problem ? true : undefined })}
      {steady && !help && !problem && (
        <p className={styles.help} aria-hidden>
          &nbsp;
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className={styles.help} title={steady && typeof help === 'string' ? help : undefined}>
          {help}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className={styles.problem} title={steady ? problem : undefined}>
          {problem}
        </p>
      )}
    </div>
  )
}

export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return (
    <input type="text" spellCheck={false} {...rest} className={[styles.input, className].filter(Boolean).join(' ')} />
  )
}

export function TextArea(props: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return <textarea rows={3} {...props} className={`${styles.input} ${styles.area}`} />
}

export function SelectInput(props: SelectHTMLAttributes<HTMLSelectElement>) {
  return <select {...props} className={styles.input} />
}

type CheckboxProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & { readonly label: ReactNode }

export function Checkbox({ label, ...rest }: CheckboxProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" {...rest} />
      {label}
    </label>
  )
}
