import { useId } from 'react'
import type { Dataset } from '../../../core/domain/project.ts'
import { Checkbox, Field, TextInput } from '../../components/field.tsx'
import styles from './dialogs.module.css'

export type TermsText = {
  readonly licence: string
  readonly origin: string
  readonly purpose: string
  readonly expires: string
  readonly contact: string
  readonly personal: boolean
}

export const noTerms: TermsText = {
  licence: '',
  origin: '',
  purpose: '',
  expires: '',
  contact: '',
  personal: false,
}

export function toTermsText({ licence, origin, purpose, expires, contact, personal }: Dataset): TermsText {
  return {
    licence: licence ?? '',
    origin: origin ?? '',
    purpose: purpose.join(', '),
    expires: expires ?? '',
    contact: contact ?? '',
    personal,
  }
}

/** What is empty is null: not stated. */
export function fromTermsText(text: TermsText) {
  const stated = (value: string) => value.trim() || null
  return {
    licence: stated(text.licence),
    origin: stated(text.origin),
    purpose: text.purpose
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    expires: stated(text.expires),
    contact: stated(text.contact),
    personal: text.personal,
  }
}

const usualLicences = ['CC0-1.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0', 'ODbL-1.0', 'PDDL-1.0', 'MIT']

type TermsFieldsProps = { readonly terms: TermsText; readonly onChange: (terms: TermsText) => void }

/** Under which terms the data may be used; all of it may be left open. */
export function TermsFields({ terms, onChange }: TermsFieldsProps) {
  const licences = useId()
  const input = (key: 'licence' | 'origin' | 'purpose' | 'contact') => ({
    value: terms[key],
    onChange: (event: { readonly target: { readonly value: string } }) =>
      onChange({ ...terms, [key]: event.target.value }),
  })
  return (
    <>
      <div className={styles.pair}>
        <Field label="Licence" help="An SPDX expression, or LicenseRef-NAME for terms of your own.">
          {(field) => <TextInput {...field} {...input('licence')} list={licences} placeholder="not stated" />}
        </Field>
        <Field label="May be used until" help="Empty: without end.">
          {(field) => (
            <TextInput
              {...field}
              type="date"
              value={terms.expires}
              onChange={(event) => onChange({ ...terms, expires: event.target.value })}
            />
          )}
        </Field>
        <Field label="Contact" help="Who answers for it.">
          {(field) => <TextInput {...field} {...input('contact')} placeholder="not stated" />}
        </Field>
      </div>
      <div className={styles.halves}>
        <Field label="Origin" help="Where it came from.">
          {(field) => <TextInput {...field} {...input('origin')} placeholder="not stated" />}
        </Field>
        <Field label="Purpose" help="What it may be used for; several with commas.">
          {(field) => <TextInput {...field} {...input('purpose')} placeholder="not stated" />}
        </Field>
      </div>
      <Checkbox
        label="It holds personal data"
        checked={terms.personal}
        onChange={(event) => onChange({ ...terms, personal: event.target.checked })}
      />
      <datalist id={licences}>
        {usualLicences.map((licence) => (
          <option key={licence} value={licence} />
        ))}
      </datalist>
    </>
  )
}
