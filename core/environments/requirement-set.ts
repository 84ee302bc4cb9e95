import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize, posix } from 'node:path'
import type { EnvironmentSettings } from '../domain/environment.ts'
import { fail } from '../domain/failure.ts'
import { canonicalJson, type JsonValue } from '../domain/json.ts'
import { readCondaFile } from './conda-file.ts'
import { judgeRequirement, type RequirementLines, toPackageName } from './requirement.ts'

/** What the project asks for, read and judged, not resolved yet. */
export type RequirementSet = {
  /** The file that says it, for people; null when the project asks for nothing. */
  readonly file: string | null
  /** PEP 508 requirements, one each. */
  readonly requirements: readonly string[]
  readonly constraints: readonly string[]
  /** `--pre`, `--prefer-binary` and the like. */
  readonly options: readonly string[]
  /** Hashes that the user pinned, by normal package name. */
  readonly hashes: Readonly<Record<string, readonly string[]>>
  /** A rule for Python that the file adds to slipway.toml's. */
  readonly python: string | null
  /** Equal for sets that ask for the same, whatever their comments and order of lines. */
  readonly digest: string
  /** What was read for it, or looked for, relative to the project. */
  readonly files: readonly string[]
}

/** TOML text as plain data. @throws Error when it is not TOML */
export type ReadToml = (text: string) => JsonValue

/**
 * Reads the requirements that [environment] names; requirements.txt when it names none.
 * @throws environments/requirementsMissing, environments/requirementRefused, environments/condaOnly
 */
export function readRequirementSet(
  projectFolder: string,
  settings: EnvironmentSettings,
  readToml: ReadToml,
): RequirementSet {
  if (settings.conda)
    return toSet(settings.conda, readCondaFile(settings.conda, readText(projectFolder, settings.conda)), [
      settings.conda,
    ])
  if (settings.pyproject)
    return toSet(settings.pyproject, readPyproject(projectFolder, settings.pyproject, readToml), [settings.pyproject])
  const file = settings.requirements ?? 'requirements.txt'
  const text = findText(projectFolder, file)
  if (text === null && settings.requirements === null) return toSet(null, emptyLines, [file])
  const read = new Set<string>()
  return toSet(file, readRequirementsFile(projectFolder, file, read), [...read])
}

const emptyLines: RequirementLines = { requirements: [], constraints: [], options: [], hashes: {}, python: null }

function toSet(file: string | null, lines: RequirementLines, files: readonly string[]): RequirementSet {
  // The package slipway comes with the application, whatever the file says.
  const requirements = lines.requirements.filter((line) => toPackageName(line) !== 'slipway')
  const essence = {
    requirements: [...requirements].sort(),
    constraints: [...lines.constraints].sort(),
    options: [...lines.options].sort(),
    hashes: lines.hashes,
  }
  const digest = `sha256:${createHash('sha256').update(canonicalJson(essence)).digest('hex')}`
  return { ...lines, file, files, requirements, digest }
}

const harmlessOptions = new Set(['--pre', '--prefer-binary', '--require-hashes'])

function readRequirementsFile(projectFolder: string, file: string, seen: Set<string>): RequirementLines {
  if (seen.has(file)) return emptyLines
  seen.add(file)
  let found: RequirementLines = emptyLines
  for (const { text, line } of logicalLines(readText(projectFolder, file))) {
    const include = /^(-r|--requirement|-c|--constraint)[\s=]*(\S.*)$/.exec(text)
    if (include) {
      const written = include[2] as string
      const other = posix.join(posix.dirname(file), written)
      if (other.startsWith('..') || posix.isAbsolute(written) || written.includes('\\'))
        throw fail('environments/requirementRefused', { file, line, text, reason: 'it leaves the project' })
      const inner = readRequirementsFile(projectFolder, other, seen)
      found =
        (include[1] as string).endsWith('r') || include[1] === '--requirement'
          ? merge(found, inner)
          : merge(found, { ...inner, requirements: [], constraints: [...inner.constraints, ...inner.requirements] })
    } else if (text.startsWith('-')) {
      const isHarmless = harmlessOptions.has(text) || /^--(only|no)-binary[\s=]+[\w:.,-]+$/.test(text)
      if (!isHarmless)
        throw fail('environments/requirementRefused', {
          file,
          line,
          text,
          reason: 'a file may not choose where packages come from',
        })
      if (text !== '--require-hashes') found = merge(found, { ...emptyLines, options: [text] })
    } else found = merge(found, readRequirementLine(text, file, line))
  }
  return found
}

function readRequirementLine(text: string, file: string, line: number): RequirementLines {
  const hashes = [...text.matchAll(/--hash[=\s]+(sha256:[0-9a-f]{64})/g)].map((match) => match[1] as string)
  const bare = text.replace(/\s--hash[=\s]+\S+/g, '').trim()
  const requirement = judgeRequirement(bare, file, line)
  return {
    ...emptyLines,
    requirements: [requirement.replace(/\s+/g, ' ')],
    hashes: hashes.length > 0 ? { [toPackageName(requirement)]: hashes } : {},
  }
}

function merge(a: RequirementLines, b: RequirementLines): RequirementLines {
  return {
    requirements: [...a.requirements, ...b.requirements],
    constraints: [...a.constraints, ...b.constraints],
    options: [...a.options, ...b.options],
    hashes: { ...a.hashes, ...b.hashes },
    python: a.python ?? b.python,
  }
}

/** Lines joined where they end in a backslash, without comments and blanks. */
function logicalLines(text: string): readonly { text: string; line: number }[] {
  const lines: { text: string; line: number }[] = []
  let open: { text: string; line: number } | null = null
  text.split(/\r\n|\r|\n/).forEach((raw, index) => {
    const isContinued = raw.endsWith('\\') && !/^\s*#/.test(raw)
    const part = isContinued ? raw.slice(0, -1) : raw
    open = open ? { ...open, text: `${open.text} ${part.trim()}` } : { text: part, line: index + 1 }
    if (isContinued) return
    const stripped = open.text.replace(/(^|\s)#.*$/, '').trim()
    if (stripped !== '') lines.push({ text: stripped, line: open.line })
    open = null
  })
  return lines
}

function readPyproject(projectFolder: string, file: string, readToml: ReadToml): RequirementLines {
  const refuse = (text: string, reason: string) =>
    fail('environments/requirementRefused', { file, line: 1, text, reason })
  let content: unknown
  try {
    content = readToml(readText(projectFolder, file))
  } catch (error) {
    throw refuse(file, `it is not TOML (${(error as Error).message})`)
  }
  const project = (content as { project?: { dependencies?: unknown; dynamic?: unknown; 'requires-python'?: unknown } })
    .project
  if (!project || (Array.isArray(project.dynamic) && project.dynamic.includes('dependencies')))
    throw refuse('[project]', 'its dependencies are not listed under [project] dependencies')
  const listed = project.dependencies ?? []
  if (!Array.isArray(listed)) throw refuse('dependencies', 'it is not a list')
  const python = project['requires-python']
  return {
    ...emptyLines,
    requirements: listed.map((item) => judgeRequirement(String(item), file, 1)),
    python: typeof python === 'string' && python.trim() !== '' ? python : null,
  }
}

function readText(projectFolder: string, file: string): string {
  const text = findText(projectFolder, file)
  if (text === null) throw fail('environments/requirementsMissing', { file })
  return text
}

function findText(projectFolder: string, file: string): string | null {
  try {
    return readFileSync(join(projectFolder, normalize(file)), 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null
    throw fail('environments/requirementRefused', {
      file: dirname(file) === '.' ? file : posix.normalize(file),
      line: 1,
      text: file,
      reason: `it cannot be read (${code ?? 'unknown'})`,
    })
  }
}
