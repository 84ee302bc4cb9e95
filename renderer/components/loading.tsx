import { useEffect, useState } from 'react'
import styles from './loading.module.css'

/** Says what is being fetched, but only when it takes long enough to notice. */
export function Loading({ what }: { readonly what: string }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className={styles.loading} role="status">
      {late ? `Loading ${what}…` : ''}
    </div>
  )
}
