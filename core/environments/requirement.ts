import { fail } from '../domain/failure.ts'

/** What a requirements file, a pyproject.toml or an environment.yml says. */
export type RequirementLines = {
  readonly requirements: readonly string[]
  readonly constraints: readonly string[]
  readonly options: readonly string[]
  readonly hashes: Readonly<Record<string, readonly string[]>>
  readonly python: string | null
}

/** The normal name of the package that a requirement names: lower case, with dashes. */
export function toPackageName(requirement: string): string {
  return (/^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(requirement)?.[0] ?? requirement).toLowerCase().replace(/[-_.]+/g, '-')
}

const requirementPattern =
  /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\s*(\[[A-Za-z0-9._,\s-]*\])?\s*\(?\s*((===|==|>=|<=|~=|!=|>|<)\s*[A-Za-z0-9.*+!_-]+\s*(,\s*(===|==|>=|<=|~=|!=|>|<)\s*[A-Za-z0-9.*+!_-]+\s*)*,?)?\)?\s*(;\s*[^;]+)?$/

/** @throws environments/requirementRefused naming the line */
export function judgeRequirement(text: string, file: string, line: number): string {
  const refuse = (reason: string): never => {
    throw fail('environments/requirementRefused', { file, line, text, reason })
  }
  if (/^\S+\s*@\s*\S+/.test(text) || /^[\w+.-]+:\/\//.test(text) || /^(git|hg|svn|bzr)\+/.test(text))
    return refuse('it names a place to download from')
  if (/^(\.|\/|~|[A-Za-z]:\\)/.test(text) || /\.(whl|zip|tar\.gz)$/i.test(text)) return refuse('it names a file')
  if (!requirementPattern.test(text)) return refuse('it is not a package with version rules')
  return text
}
