import type { Observation } from '../../../core/domain/observation.ts'
import { warningsOf } from '../../../core/domain/observation.ts'
import type { RunDetail } from '../../../core/domain/run.ts'
import { Section } from '../../components/page.tsx'
import styles from './run-observed.module.css'

/** What the steps took and touched, as it was seen while they ran. */
export function RunObserved({ detail }: { readonly detail: RunDetail }) {
  const seen = detail.steps.flatMap(({ step }) => {
    const observed = detail.observed[step]
    return observed ? [{ step, observed, warnings: warningsOf(observed) }] : []
  })
  if (seen.length === 0) return null
  const warned = seen.filter(({ warnings }) => warnings.length > 0)
  return (
    <>
      {warned.length > 0 && (
        <Section title="Worth knowing">
          <ul className={styles.warnings}>
            {warned.flatMap(({ step, warnings }) =>
              warnings.map((warning) => (
                <li key={`${step} ${warning}`}>
                  <strong>{step}</strong> {warning}
                </li>
              )),
            )}
          </ul>
        </Section>
      )}
      <Section title="Seen while it ran">
        <p className={styles.muted}>
          Not seen: what other programs read, what compiled code opens by itself, and its connections shorter than a
          tenth of a second.
        </p>
        <div className={styles.steps}>
          {seen.map(({ step, observed }) => (
            <details key={step}>
              <summary>
                <strong>{step}</strong> <span className={styles.muted}>{summaryOf(observed)}</span>
              </summary>
              <dl className={styles.lists}>
                {listsOf(observed).map(({ title, names }) => (
                  <div key={title}>
                    <dt>
                      {title} ({names.length})
                    </dt>
                    {names.slice(0, mostShown).map((name) => (
                      <dd key={name}>
                        <code>{name}</code>
                      </dd>
                    ))}
                    {names.length > mostShown && <dd>and {names.length - mostShown} more, in “slipway show”</dd>}
                  </div>
                ))}
              </dl>
            </details>
          ))}
        </div>
      </Section>
    </>
  )
}

const mostShown = 40

type Named = { readonly title: string; readonly one: string; readonly many: string; readonly names: readonly string[] }

/** Those that hold something, in the order in which people ask for them. */
function listsOf(observed: Observation): readonly Named[] {
  const {
    filesRead,
    foldersListed = [],
    pathsTested = [],
    filesWritten,
    outsideReads = [],
    outsideWrites,
    modules,
    variables,
    packages,
  } = observed
  const lists: readonly (readonly [title: string, one: string, many: string, names: readonly string[]])[] = [
    ['Files read', 'file read', 'files read', filesRead.flatMap(({ path, unseen }) => (unseen ? [] : [path]))],
    [
      'Files taken as read',
      'taken as read',
      'taken as read',
      filesRead.flatMap(({ path, unseen }) => (unseen ? [path] : [])),
    ],
    ['Files read outside the project', 'read outside', 'read outside', outsideReads.map(({ path }) => path)],
    ['Folders listed', 'folder listed', 'folders listed', foldersListed.map(({ path }) => path)],
    [
      'Asked about, not opened',
      'path asked about',
      'paths asked about',
      pathsTested.map(({ path, found }) => `${path || '.'} (${found ?? 'not there'})`),
    ],
    ['Files written', 'file written', 'files written', filesWritten.map(({ path }) => path)],
    ['Written outside the project', 'written outside', 'written outside', outsideWrites],
    ['Modules', 'module', 'modules', modules.map(({ path }) => path)],
    ['Variables', 'variable', 'variables', variables.map(({ name }) => name)],
    ['Packages', 'package', 'packages', packages.map(({ name, version }) => `${name} ${version}`)],
  ]
  return lists.flatMap(([title, one, many, names]) => (names.length === 0 ? [] : [{ title, one, many, names }]))
}

function summaryOf(observed: Observation): string {
  const lists = listsOf(observed).map(({ one, many, names }) => `${names.length} ${names.length === 1 ? one : many}`)
  return lists.length === 0 ? 'nothing beside its inputs' : lists.join(', ')
}
