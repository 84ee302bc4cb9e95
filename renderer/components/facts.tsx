import { Check, Copy } from 'lucide-react'
import { Fragment, type ReactNode, useState } from 'react'
import { announce } from './announcer.tsx'
import { IconButton } from './button.tsx'
import styles from './facts.module.css'

export type Fact = readonly [name: string, value: ReactNode]

/** Names and values in two columns. Facts without a value are left out. */
export function Facts({ facts }: { readonly facts: readonly (Fact | null | false)[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter((fact): fact is Fact => Boolean(fact) && (fact as Fact)[1] !== null)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  )
}

/** A digest as twelve digits, with the whole of it to copy. */
export function DigestText({ digest }: { readonly digest: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(digest)
    setCopied(true)
    announce('Digest copied')
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <span className={styles.digest} title={digest}>
      {digest.replace(/^sha256:/, '').slice(0, 12)}
      <IconButton icon={copied ? Check : Copy} size={12} label={`Copy digest ${digest.slice(7, 15)}`} onClick={copy} />
    </span>
  )
}
