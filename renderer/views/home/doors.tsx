import { ArrowRight, FolderOpen, LayoutTemplate, type LucideIcon, Ship } from 'lucide-react'
import type { Template } from '../../../core/domain/project.ts'
import styles from './doors.module.css'

type DoorsProps = {
  readonly sample: Template | null
  readonly onSample: () => void
  readonly onTemplate: () => void
  readonly onFolder: () => void
}

export function Doors({ sample, onSample, onTemplate, onFolder }: DoorsProps) {
  return (
    <div className={styles.doors}>
      <Door
        icon={Ship}
        title="Start with the sample project"
        text={sample?.description ?? 'A small real data set, five steps, and a model that ends in a container.'}
        onClick={onSample}
        first
      />
      <Door
        icon={LayoutTemplate}
        title="Start from a template"
        text="A pipeline to read and change, in a folder of yours."
        onClick={onTemplate}
      />
      <Door
        icon={FolderOpen}
        title="Open a folder"
        text="A Slipway project that is on this computer already."
        onClick={onFolder}
      />
    </div>
  )
}

type DoorProps = {
  readonly icon: LucideIcon
  readonly title: string
  readonly text: string
  readonly onClick: () => void
  readonly first?: boolean
}

function Door({ icon: Icon, title, text, onClick, first = false }: DoorProps) {
  return (
    <button type="button" className={styles.door} data-first={first || undefined} onClick={onClick}>
      <span className={styles.sign}>
        <Icon size={18} strokeWidth={1.8} aria-hidden />
      </span>
      <span className={styles.title}>
        {title}
        <ArrowRight size={14} aria-hidden className={styles.arrow} />
      </span>
      <span className={styles.text}>{text}</span>
    </button>
  )
}
