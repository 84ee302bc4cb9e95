import type { Environment } from '../../../core/domain/environment.ts'
import styles from './environments-area.module.css'

/** Many short pairs: in as many columns as there is room for. */
export function PackageList({ packages }: Pick<Environment, 'packages'>) {
  return (
    <ul className={styles.packages} aria-label="Packages">
      {packages.map(({ name, version }) => (
        <li key={name} className={styles.package}>
          <span>{name}</span>
          <span className={styles.version}>{version}</span>
        </li>
      ))}
    </ul>
  )
}
