import type { RegisteredModel } from '../../../core/domain/model.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { SelectInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page, Section } from '../../components/page.tsx'
import { useImages } from '../../queries/image-queries.ts'
import { useModel } from '../../queries/model-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate, useRoute } from '../../routing/use-route.ts'
import { ApprovalBadge } from '../models/approval-badge.tsx'
import { BuildSection } from './build-section.tsx'
import { ImageSection } from './image-section.tsx'
import { Preflight } from './preflight.tsx'
import { PushSection } from './push-section.tsx'
import { ServeSection } from './serve-section.tsx'
import styles from './ship-page.module.css'

type ShipPageProps = { readonly model: string; readonly models: readonly RegisteredModel[] }

/** From a model version to a container: look, build, prove, serve, push. Each is its own press of a button. */
export function ShipPage({ model, models }: ShipPageProps) {
  const project = useProjectKey()
  const route = useRoute()
  const answer = useModel(model)
  const images = useImages().data ?? []
  if (answer.isError) return <Page title="Ship">{<ErrorNotice error={answer.error} />}</Page>
  if (!answer.data) return <Loading what="the model" />
  const version = answer.data
  const reference = `${version.name}@${version.version}`
  const wanted = route.place === 'project' ? route.query.get('image') : undefined
  const own = images.filter((image) => image.model.digest === version.digest && image.model.name === version.name)
  const image = own.find((entry) => entry.manifestDigest === wanted) ?? own[0] ?? null
  return (
    <Page
      title={
        <>
          Ship {version.name} version {version.version}
          <ApprovalBadge approval={version.approval} />
        </>
      }
      note="Build and serve as often as you like. Nothing leaves this computer before you press Push."
      actions={
        <div className={styles.select}>
          <SelectInput
            aria-label="Model version"
            value={reference}
            onChange={(event) => navigate(projectHref(project, 'ship', [event.target.value]))}
          >
            {models.flatMap((entry) =>
              [...entry.versions].reverse().map((v) => (
                <option key={`${v.name}@${v.version}`} value={`${v.name}@${v.version}`}>
                  {v.name} version {v.version}
                </option>
              )),
            )}
          </SelectInput>
        </div>
      }
    >
      <Section title="Preflight">
        <Preflight version={version} image={image} />
      </Section>
      <BuildSection version={version} image={image} />
      {image && <ImageSection image={image} />}
      {image && <ServeSection version={version} image={image} />}
      {image && <PushSection version={version} image={image} />}
    </Page>
  )
}
