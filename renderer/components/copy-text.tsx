import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { announce } from './announcer.tsx'
import { Button } from './button.tsx'

const shownMs = 1500

/** A button that takes a text to the clipboard and says that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    announce(`${label}: copied`)
    setTimeout(() => setCopied(false), shownMs)
  }
  return (
    <Button small look="quiet" icon={copied ? Check : Copy} onClick={() => void copy()}>
      {copied ? 'Copied' : label}
    </Button>
  )
}
