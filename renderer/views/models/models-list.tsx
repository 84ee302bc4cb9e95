import { useProjectKey } from '../../clients/connections.tsx'
import { useModels } from '../../queries/model-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { useRoute } from '../../routing/use-route.ts'
import { ApprovalBadge } from './approval-badge.tsx'
import styles from './models-list.module.css'

/** Every registered model with its versions, newest first. */
export function ModelsList() {
  const project = useProjectKey()
  const route = useRoute()
  const models = useModels().data ?? []
  const chosen = route.place === 'project' ? route.path[0] : undefined
  const newest = models[0]?.versions.at(-1)
  const current = chosen ?? (newest && `${newest.name}@${newest.version}`)
  if (models.length === 0) return <p className={styles.none}>Registered models appear here.</p>
  return (
    <nav className={styles.list} aria-label="Models">
      {models.map((model) => (
        <section key={model.name} aria-label={model.name}>
          <h2 className={styles.name}>{model.name}</h2>
          <ul>
            {[...model.versions].reverse().map((version) => {
              const reference = `${version.name}@${version.version}`
              return (
                <li key={version.version}>
                  <a
                    className={styles.entry}
                    href={projectHref(project, 'models', [reference])}
                    aria-current={reference === current ? 'page' : undefined}
                  >
                    <span>Version {version.version}</span>
                    <ApprovalBadge approval={version.approval} />
                  </a>
                </li>
              )
            })}
          </ul>
        </section>
      ))}
    </nav>
  )
}
