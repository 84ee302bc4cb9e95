import { Ship } from 'lucide-react'
import { useProjectKey } from '../../clients/connections.tsx'
import { Button } from '../../components/button.tsx'
import { describeAgo } from '../../components/describe-values.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { DigestText } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page } from '../../components/page.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useModel } from '../../queries/model-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { LineageView } from '../lineage/lineage-view.tsx'
import { ApprovalBadge } from './approval-badge.tsx'
import { ModelEvidence } from './model-evidence.tsx'
import { ModelSignature } from './model-signature.tsx'

type ModelVersionPageProps = { readonly model: string; readonly tab: string }

/** One version: the evidence and the decision, its signature, and its lineage. */
export function ModelVersionPage({ model, tab }: ModelVersionPageProps) {
  const project = useProjectKey()
  const answer = useModel(model)
  if (answer.isError) return <Page title="Model">{<ErrorNotice error={answer.error} />}</Page>
  if (!answer.data) return <Loading what="the model" />
  const version = answer.data
  const reference = `${version.name}@${version.version}`
  return (
    <Page
      scrolls={false}
      title={
        <>
          {version.name} version {version.version}
          <ApprovalBadge approval={version.approval} />
        </>
      }
      note={
        <>
          {version.pythonType} from <a href={projectHref(project, 'runs', [version.runId])}>run {version.runId}</a>,
          registered {describeAgo(version.registeredAt)} by {version.registeredBy}.{' '}
          <DigestText digest={version.digest} />
        </>
      }
      actions={
        <Button look="primary" icon={Ship} onClick={() => navigate(projectHref(project, 'ship', [reference]))}>
          Ship this version
        </Button>
      }
    >
      <Tabs
        label="Parts of the model version"
        selected={tab}
        onSelect={(next) => navigate(projectHref(project, 'models', [reference], { tab: next }))}
        tabs={[
          { id: 'evidence', title: 'Evidence and decision', content: <ModelEvidence version={version} /> },
          { id: 'signature', title: 'Signature', content: <ModelSignature version={version} /> },
          { id: 'lineage', title: 'Lineage', content: <LineageView reference={version.digest} /> },
        ]}
      />
    </Page>
  )
}
