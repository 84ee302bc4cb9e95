import { Unplug } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Router } from '../../core/rpc/procedure.ts'
import type { Connection } from '../clients/connection.ts'
import { useConnectionState } from '../clients/connections.tsx'
import { announce } from '../components/announcer.tsx'
import { Button } from '../components/button.tsx'
import styles from './connection-banner.module.css'

/** A break shorter than this mends itself unseen. */
const patienceMs = 400
/** After these it is likely that nobody is there any more. */
const manyAttempts = 4

/** Says that the line to core is broken, what goes on meanwhile, and that it is being mended. */
export function ConnectionBanner<R extends Router>({ connection }: { readonly connection: Connection<R> }) {
  const now = useConnectionState(connection)
  const [late, setLate] = useState(false)
  const isLost = now.state === 'lost'
  useEffect(() => {
    if (!isLost) return setLate(false)
    const timer = setTimeout(() => {
      setLate(true)
      announce('The connection to the core was lost. Trying again.', 'assertive')
    }, patienceMs)
    return () => clearTimeout(timer)
  }, [isLost])
  if (!isLost || !late) return null
  return (
    <div className={styles.banner}>
      <Unplug size={14} aria-hidden />
      <p>
        The connection to the core was lost. Nothing that was saved is gone. Trying again (attempt {now.attempt}).{' '}
        {now.attempt < manyAttempts || window.slipway
          ? now.reason
          : 'If Slipway was ended, start it again and open the address that it prints.'}
      </p>
      <Button small onClick={connection.retryNow}>
        Try now
      </Button>
    </div>
  )
}
