import { useEffect, useState } from 'react'

type Urgency = 'polite' | 'assertive'

let show: ((text: string, urgency: Urgency) => void) | null = null
let last = { text: '', at: 0 }

/** Says something to a screen reader without showing it. The same words are not said twice within a second. */
export function announce(text: string, urgency: Urgency = 'polite'): void {
  const now = Date.now()
  if (text === last.text && now - last.at < 1000) return
  last = { text, at: now }
  show?.(text, urgency)
}

/** The window's two live regions. Mount once. */
export function Announcer() {
  const [said, setSaid] = useState<Record<Urgency, string>>({ polite: '', assertive: '' })
  useEffect(() => {
    show = (text, urgency) => {
      // Emptied first, so that the same sentence is heard again when it is true again.
      setSaid((now) => ({ ...now, [urgency]: '' }))
      setTimeout(() => setSaid((now) => ({ ...now, [urgency]: text })), 50)
    }
    return () => {
      show = null
    }
  }, [])
  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite">
        {said.polite}
      </div>
      <div className="visually-hidden" role="alert" aria-live="assertive">
        {said.assertive}
      </div>
    </>
  )
}
