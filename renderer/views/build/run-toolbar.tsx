import { ChevronDown, Play, Route, Save, Square, StepForward } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { runCommand, shortcutsOf, useCommand } from '../../commands/command-registry.ts'
import { describeShortcut } from '../../commands/keys.ts'
import { Button, CommandButton } from '../../components/button.tsx'
import menu from '../../components/menu.module.css'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { isUnsaved, useBuffers } from '../../live/buffers.ts'
import { useRunningJob } from '../../live/use-jobs.ts'
import { useRunActions } from '../../running/use-run-commands.ts'
import styles from './run-toolbar.module.css'

/** Starting and stopping, and where the work stands. */
export function RunToolbar() {
  const { staleCount, running, isStopping, stop } = useRunActions()
  const unsaved = useBuffers((state) => Object.values(state.buffers).filter(isUnsaved).length)
  return (
    <div className={styles.bar} role="toolbar" aria-label="Run">
      {running ? (
        <Button icon={Square} busy={isStopping} onClick={stop}>
          {isStopping ? 'Stopping…' : 'Stop'}
        </Button>
      ) : (
        <CommandButton
          id="run.stale"
          look={staleCount === 0 ? 'plain' : 'primary'}
          icon={Play}
          label={staleCount === null ? 'Run stale' : staleCount === 0 ? 'Up to date' : `Run stale (${staleCount})`}
        />
      )}
      <CommandButton id="run.step" icon={StepForward} label="Run step" />
      <MoreMenu />
      {unsaved > 0 && <CommandButton id="file.saveAll" look="quiet" icon={Save} label={`Save ${unsaved}`} />}
      <div className={styles.progress}>
        <WorkNow />
      </div>
      <CommandButton id="journey.start" look="quiet" icon={Route} label="Run the whole journey" />
    </div>
  )
}

function MoreMenu() {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <Button look="quiet" aria-label="More ways to run">
          <ChevronDown size={14} aria-hidden />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="start" sideOffset={4}>
          <MenuEntry id="run.all" />
          <MenuEntry id="environment.sync" />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function MenuEntry({ id }: { readonly id: string }) {
  const command = useCommand(id)
  const shortcut = shortcutsOf(id)[0]
  if (!command) return null
  return (
    <DropdownMenu.Item
      className={menu.item}
      disabled={Boolean(command.disabled)}
      onSelect={() => setTimeout(() => runCommand(id))}
    >
      {command.title}
      <span className={menu.aside}>{command.disabled ?? (shortcut && describeShortcut(shortcut))}</span>
    </DropdownMenu.Item>
  )
}

/** The environment first, since a run waits for it. */
function WorkNow() {
  const environment = useRunningJob('environment')
  const run = useRunningJob('run')
  const job = environment ?? run
  return job && <ProgressBar label={job.title} progress={job.progress} />
}
