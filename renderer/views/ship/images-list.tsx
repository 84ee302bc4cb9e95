import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { Parity } from '../../../core/domain/parity.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { Badge } from '../../components/badge.tsx'
import { describeAgo } from '../../components/describe-values.ts'
import { useImages } from '../../queries/image-queries.ts'
import { projectHref } from '../../routing/route.ts'
import list from '../models/models-list.module.css'
import styles from './ship-page.module.css'

/** The images that were built, newest first. They are records of the project, whatever the engine holds. */
export function ImagesList() {
  const project = useProjectKey()
  const images = useImages().data ?? []
  if (images.length === 0) return <p className={list.none}>Built images appear here.</p>
  return (
    <nav className={list.list} aria-label="Images">
      <h2 className={list.name}>Images</h2>
      <ul>
        {images.map((image) => (
          <li key={image.manifestDigest}>
            <a
              className={list.entry}
              href={projectHref(project, 'ship', [`${image.model.name}@${image.model.version}`], {
                image: image.manifestDigest,
              })}
            >
              <span>
                {image.model.name}@{image.model.version} <code>{image.manifestDigest.slice(7, 15)}</code>
              </span>
              <ParityBadge parity={image.parity} />
              <span className={styles.when}>
                {describeAgo(image.builtAt)}
                {image.pushes.length > 0 && ', pushed'}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

export function ParityBadge({ parity }: { readonly parity: Parity | null }) {
  if (parity === null || parity.state === 'unknown') {
    return (
      <Badge tone="warning" icon={TriangleAlert}>
        Parity unknown
      </Badge>
    )
  }
  return parity.state === 'passed' ? (
    <Badge tone="success" icon={CircleCheck}>
      Parity passed
    </Badge>
  ) : (
    <Badge tone="danger" icon={CircleX}>
      Parity failed
    </Badge>
  )
}
