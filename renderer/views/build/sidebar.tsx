import { File, FileCode2, FileText } from 'lucide-react'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { isUnsaved, useBuffers } from '../../live/buffers.ts'
import { useFiles } from '../../queries/workspace-queries.ts'
import { openFile, useBuild } from './build-store.ts'
import styles from './sidebar.module.css'
import { StepsOutline } from './steps-outline.tsx'

export function BuildSidebar() {
  return (
    <>
      <Section title="Steps">
        <StepsOutline />
      </Section>
      <Section title="Files">
        <FilesList />
      </Section>
    </>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className={styles.title}>{title}</h2>
      {children}
    </section>
  )
}

function FilesList() {
  const { data: files, error } = useFiles()
  const active = useBuild((build) => build.activeFile)
  const buffers = useBuffers((state) => state.buffers)
  if (error) return <ErrorNotice error={error} />
  return (
    <ul className={styles.files}>
      {files?.map(({ path, isText }) => {
        const Icon = path.endsWith('.py') ? FileCode2 : isText ? FileText : File
        const buffer = buffers[path]
        const slash = path.lastIndexOf('/') + 1
        return (
          <li key={path}>
            <button
              type="button"
              className={styles.file}
              aria-current={path === active ? 'true' : undefined}
              aria-disabled={!isText || undefined}
              title={isText ? path : `${path} is not text`}
              onClick={() => isText && openFile(path)}
            >
              <Icon size={14} aria-hidden />
              <span className={styles.path}>
                <span className={styles.folder}>{path.slice(0, slash)}</span>
                {path.slice(slash)}
              </span>
              {buffer && isUnsaved(buffer) && <span className={styles.unsaved}>unsaved</span>}
            </button>
          </li>
        )
      })}
    </ul>
  )
}
