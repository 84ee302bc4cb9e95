import { FolderOpen, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useHomeConnection } from '../../clients/connections.tsx'
import { runCommand, useCommands } from '../../commands/command-registry.ts'
import { describeShortcut } from '../../commands/keys.ts'
import { Button } from '../../components/button.tsx'
import { showFailure } from '../../components/toast.tsx'
import { useOpenProject, useTemplates } from '../../queries/home-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { ThemeButton } from '../../shell/activity-bar.tsx'
import { ConnectionBanner } from '../../shell/connection-banner.tsx'
import { Doors } from './doors.tsx'
import { FolderPicker } from './folder-picker.tsx'
import styles from './home-page.module.css'
import { KnownProjects } from './known-projects.tsx'
import { NewProjectDialog } from './new-project-dialog.tsx'
import { ReadinessStrip } from './readiness-strip.tsx'

/** Where there is no project yet: three doors, the projects of before, and whether this computer is ready. */
export function HomePage() {
  const connection = useHomeConnection()
  const open = useOpenProject()
  const templates = useTemplates().data ?? []
  const [dialog, setDialog] = useState<'sample' | 'template' | 'folder' | null>(null)
  const sample = templates.find((template) => template.isSample) ?? null

  const openFolder = async (folder: string) => {
    try {
      const project = await open.mutateAsync(folder)
      navigate(projectHref(project.key, 'build'))
    } catch (error) {
      showFailure(error)
    }
  }
  const chooseFolder = async () => {
    if (!window.slipway) return setDialog('folder')
    const folder = await window.slipway.pickFolder('Open a project folder')
    if (folder) await openFolder(folder)
  }
  useCommands([
    { id: 'home.sample', title: 'Start with the sample project', context: 'Home', run: () => setDialog('sample') },
    { id: 'home.template', title: 'Start from a template', context: 'Home', run: () => setDialog('template') },
    { id: 'home.open', title: 'Open a folder', context: 'Home', run: () => void chooseFolder() },
  ])
  useEffect(() => {
    document.title = 'Slipway'
  }, [])

  return (
    <div className={styles.window}>
      <header className={styles.top}>
        <span className={styles.brand}>
          <Mark />
          Slipway
        </span>
        <Button look="quiet" icon={Search} onClick={() => runCommand('palette.open')}>
          <span className={styles.muted}>Search or run a command</span>
          <kbd className={styles.muted}>{describeShortcut('Mod+Shift+P')}</kbd>
        </Button>
        <ThemeButton />
      </header>
      <ConnectionBanner connection={connection} />
      <main className={styles.page} aria-label="Home" tabIndex={-1}>
        <div className={styles.column}>
          <h1 className={styles.headline}>From an experiment to a container, with proof of how it got there</h1>
          <p className={styles.promise}>Everything stays on this computer. Opening a project runs none of its code.</p>
          <Doors
            sample={sample}
            onSample={() => setDialog('sample')}
            onTemplate={() => setDialog('template')}
            onFolder={() => void chooseFolder()}
          />
          <KnownProjects onOpen={(folder) => void openFolder(folder)} onSample={() => setDialog('sample')} />
          <ReadinessStrip />
        </div>
      </main>
      <FolderPicker
        open={dialog === 'folder'}
        title="Open a project folder"
        action="Open this folder"
        icon={FolderOpen}
        onClose={() => setDialog(null)}
        onChoose={(folder) => {
          setDialog(null)
          void openFolder(folder)
        }}
      />
      {(dialog === 'sample' || dialog === 'template') && (
        <NewProjectDialog kind={dialog} onClose={() => setDialog(null)} />
      )}
    </div>
  )
}

function Mark() {
  return <img src={new URL('../../theme/slipway.svg', import.meta.url).href} alt="" width={22} height={22} />
}
