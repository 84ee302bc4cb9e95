import { fail } from '../domain/failure.ts'
import { judgeRequirement, type RequirementLines } from './requirement.ts'

type Line = { readonly indent: number; readonly text: string; readonly number: number }

/**
 * The part of a conda environment.yml that pip can make: `python=…` and the `pip:` list. The file is read as the few
 * lines it consists of; anything cleverer in YAML is refused rather than guessed.
 * @throws environments/condaOnly naming packages that only conda could install
 */
export function readCondaFile(file: string, text: string): RequirementLines {
  const lines = readLines(text)
  const start = lines.findIndex((line) => line.indent === 0 && /^dependencies\s*:\s*$/.test(line.text))
  const after = start === -1 ? [] : lines.slice(start + 1)
  const end = after.findIndex((line) => line.indent === 0 && !line.text.startsWith('-'))
  const body = end === -1 ? after : after.slice(0, end)
  const requirements: string[] = []
  const condaOnly: string[] = []
  let python: string | null = null
  let pipIndent: number | null = null
  for (const line of body) {
    const item = /^-\s+(.*)$/.exec(line.text)?.[1]
    if (item === undefined) throw refuse(file, line)
    if (pipIndent !== null && line.indent > pipIndent) {
      requirements.push(judgeRequirement(unquote(item), file, line.number))
      continue
    }
    pipIndent = null
    const name = unquote(item)
    if (/^pip\s*:\s*$/.test(item)) pipIndent = line.indent
    else if (/^python\b/.test(name)) python = toPythonRule(name)
    else if (!/^pip\b/.test(name)) condaOnly.push(name)
  }
  if (condaOnly.length > 0) throw fail('environments/condaOnly', { file, packages: condaOnly })
  return { requirements, constraints: [], options: [], hashes: {}, python }
}

function readLines(text: string): readonly Line[] {
  return text.split(/\r\n|\r|\n/).flatMap((raw, index) => {
    const stripped = raw.replace(/(^|\s)#.*$/, '').trimEnd()
    if (stripped.trim() === '' || stripped === '---') return []
    return [{ indent: stripped.length - stripped.trimStart().length, text: stripped.trim(), number: index + 1 }]
  })
}

/** conda's `python=3.11` is pip's `==3.11.*`. */
function toPythonRule(item: string): string | null {
  const rule = item.replace(/^python\s*/, '').replace(/^=(?!=)/, '')
  return rule === '' ? null : rule.replace(/=[\w*]+$/, (build) => (/^=\d/.test(build) ? build : ''))
}

function unquote(text: string): string {
  return /^(['"])(.*)\1$/.exec(text.trim())?.[2] ?? text.trim()
}

function refuse(file: string, line: Line): Error {
  return fail('environments/requirementRefused', {
    file,
    line: line.number,
    text: line.text,
    reason: 'only a plain list of dependencies is read',
  })
}
