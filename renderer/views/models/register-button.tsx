import type { LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { Artifact } from '../../../core/domain/artifact.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { useModels, useRegisterModel } from '../../queries/model-queries.ts'
import { useProject } from '../../queries/workspace-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'

type RegisterButtonProps = { readonly run: string; readonly artifact: Artifact; readonly icon: LucideIcon }

/** Makes the model of a run a version under a name, which can then be reviewed, approved and shipped. */
export function RegisterButton({ run, artifact, icon }: RegisterButtonProps) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button look="primary" icon={icon} onClick={() => setOpen(true)}>
        Register {artifact.name}
      </Button>
      {open && <RegisterDialog run={run} artifact={artifact} onClose={() => setOpen(false)} />}
    </>
  )
}

function RegisterDialog({
  run,
  artifact,
  onClose,
}: Omit<RegisterButtonProps, 'icon'> & { readonly onClose: () => void }) {
  const project = useProjectKey()
  const models = useModels()
  const projectName = useProject().data?.name ?? artifact.name
  const usualName = models.data?.[0]?.name ?? toModelName(projectName)
  const [typed, setTyped] = useState<string | null>(null)
  const register = useRegisterModel()
  const name = (typed ?? usualName).trim()
  // Pressed too early, a project's name would become a second model.
  const isGuess = typed === null && models.isPending
  const submit = async () => {
    const version = await register.mutateAsync({ artifact: `${run}:${artifact.name}`, name }).catch(() => null)
    if (version) navigate(projectHref(project, 'models', [`${version.name}@${version.version}`]))
  }
  return (
    <FormDialog
      title="Register a model version"
      description="The version binds to the model's digest. Registering the same model again gives the version it has."
      action="Register"
      busy={register.isPending}
      missing={name === '' ? 'A name is needed.' : isGuess ? 'The known models are being read.' : null}
      onSend={() => void submit()}
      onClose={onClose}
    >
      <Field label="Model name" help="A new name starts at version 1; a known one gets its next version.">
        {(props) => (
          <TextInput {...props} value={typed ?? usualName} onChange={(event) => setTyped(event.target.value)} />
        )}
      </Field>
      {register.isError && <ErrorNotice error={register.error} />}
    </FormDialog>
  )
}

function toModelName(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'model'
  )
}
