import type { Problem, SourceSpan } from '../domain/pipeline.ts'
import type { ProjectSettings } from './project-settings.ts'

type DeclaredWrite = { readonly step: string; readonly index: number; readonly path: string }

/**
 * Two steps that say they write the same file, or one inside a folder of the other: whichever runs last would win, and
 * neither could be reused. Found before anything runs.
 */
export function findWriteConflicts(
  settings: ProjectSettings,
  steps: readonly string[],
  locate: (path: readonly (string | number)[]) => SourceSpan,
): readonly Problem[] {
  const writes = [...new Set(steps)].flatMap((step) =>
    (settings.steps[step]?.writes ?? []).map((path, index): DeclaredWrite => ({ step, index, path })),
  )
  return writes.flatMap((write, at) => {
    const other = writes
      .slice(0, at)
      .find((earlier) => earlier.step !== write.step && overlap(earlier.path, write.path))
    if (!other) return []
    const shared =
      plain(other.path) === plain(write.path)
        ? `"${write.path}" is written by two steps, "${other.step}" and "${write.step}"`
        : `"${write.path}", which "${write.step}" writes, and "${other.path}", which "${other.step}" writes, lie one in the other`
    const problem: Problem = {
      kind: 'configuration',
      severity: 'error',
      message: `${shared}.`,
      remedy: 'Give each step a file or folder of its own.',
      span: locate(['steps', write.step, 'writes', write.index]),
    }
    return [problem]
  })
}

function overlap(a: string, b: string): boolean {
  const [one, two] = [plain(a), plain(b)]
  return one === two || one.startsWith(`${two}/`) || two.startsWith(`${one}/`) || one === '' || two === ''
}

/** One spelling for each place: `./a//b/` and `a/b` are the same, and so are the two ways to write an accent. */
function plain(path: string): string {
  return path
    .normalize('NFC')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/')
}
