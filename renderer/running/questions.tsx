import { ShieldCheck } from 'lucide-react'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { showFailure } from '../components/toast.tsx'
import { useProject } from '../queries/workspace-queries.ts'
import { JourneyDialog } from './journey-dialog.tsx'
import { ask, useQuestion, useRunActions } from './use-run-commands.ts'

/** The dialogs that stand between a command and what it starts. Mount once. */
export function Questions() {
  const question = useQuestion((state) => state.question)
  if (question?.kind === 'trust') return <TrustDialog then={question.then} />
  if (question?.kind === 'runAll') return <RunAllDialog />
  if (question?.kind === 'journey') return <JourneyDialog onClose={() => ask(null)} />
  return null
}

function TrustDialog({ then }: { readonly then: () => void }) {
  const { trust } = useRunActions()
  const project = useProject().data
  const agree = async () => {
    try {
      await trust()
      ask(null)
      then()
    } catch (error) {
      showFailure(error)
    }
  }
  return (
    <Dialog
      open
      onClose={() => ask(null)}
      title="Do you trust this project?"
      description="Running it executes its Python code with your rights, and installs the packages that it names."
      actions={
        <>
          <Button onClick={() => ask(null)}>Not now</Button>
          <Button look="primary" icon={ShieldCheck} onClick={() => void agree()}>
            Trust and run
          </Button>
        </>
      }
    >
      <p>
        <code>{project?.folder}</code>
      </p>
      <p>Until now nothing of it was run: the graph was read from its text. This is asked once per project.</p>
    </Dialog>
  )
}

function RunAllDialog() {
  const { start } = useRunActions()
  return (
    <Dialog
      open
      onClose={() => ask(null)}
      title="Run all steps ignoring the cache?"
      description="Every step runs again, also where nothing changed. Former runs and their results stay."
      actions={
        <>
          <Button onClick={() => ask(null)}>Cancel</Button>
          <Button
            look="primary"
            onClick={() => {
              ask(null)
              void start([], { noCache: true })
            }}
          >
            Run all
          </Button>
        </>
      }
    />
  )
}
