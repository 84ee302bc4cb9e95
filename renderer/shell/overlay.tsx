import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../components/button.tsx'
import { togglePane } from './layout-store.ts'
import styles from './workbench.module.css'

/** The inspector where there is no room beside the main area. */
export function Overlay({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.overlay}>
      <div className={styles.overlayClose}>
        <IconButton icon={X} label="Close inspector" onClick={() => togglePane('inspector')} />
      </div>
      {children}
    </div>
  )
}
