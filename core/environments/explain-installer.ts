import { stripVTControlCharacters } from 'node:util'
import { type Failure, fail } from '../domain/failure.ts'

/** Turns what pip or uv printed before giving up into the failure it means. */
export function explainInstaller(output: string, environmentFolder: string): Failure {
  const text = stripVTControlCharacters(output)
  for (const explain of explanations) {
    const failure = explain(text, environmentFolder)
    if (failure) return failure
  }
  return fail('environments/installFailed', { detail: lastSentence(text) })
}

type Explain = (text: string, environmentFolder: string) => Failure | null

/** In this order: a missing network looks like a missing package, a full disk like a failed build; a connection that
 * broke once and was retried means nothing beside a conflict. */
const explanations: readonly Explain[] = [
  explainDisk,
  explainHashes,
  explainConflict,
  explainNetwork,
  explainNotFound,
  explainBuild,
]

function explainDisk(text: string, environmentFolder: string): Failure | null {
  return /No space left on device|os error 28|Disk quota exceeded|ENOSPC/i.test(text)
    ? fail('environments/diskFull', { folder: environmentFolder })
    : null
}

function explainHashes(text: string): Failure | null {
  if (!/DO NOT MATCH THE HASHES|Hash mismatch|hashes are required in --require-hashes/i.test(text)) return null
  const line = /^\s*(\S+==\S+).* from /m.exec(text)?.[1] ?? /Hash mismatch for `([^`]+)`/.exec(text)?.[1]
  return fail('environments/lockMismatch', { detail: line ?? 'the hash of a file differs' })
}

function explainNetwork(text: string): Failure | null {
  const match =
    /(Name or service not known|Temporary failure in name resolution|nodename nor servname|getaddrinfo failed|No address associated|Connection refused|Network is unreachable|No route to host|timed out|Connection reset|dns error|error sending request|failed to lookup address|CERTIFICATE_VERIFY_FAILED|invalid peer certificate|Cannot connect to proxy|network was disabled)/i.exec(
      text,
    )
  return match ? fail('environments/networkMissing', { detail: (match[1] as string).toLowerCase() }) : null
}

function explainConflict(text: string): Failure | null {
  const caused = /The conflict is caused by:\n((?:\s{2,}.+\n)+)/.exec(text)?.[1]
  if (caused) {
    const causes = caused
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    return fail('environments/conflict', { sentence: `${causes.join('; ')}.` })
  }
  const uv = /(Because [\s\S]+?unsatisfiable\.)/.exec(text.replace(/[╰─▶│├×]/g, ' '))?.[1]
  if (uv && !/was not found|there (is|are) no versions? of/i.test(uv))
    return fail('environments/conflict', { sentence: uv.replace(/\s+/g, ' ') })
  return /ResolutionImpossible|conflicting dependencies/.test(text)
    ? fail('environments/conflict', { sentence: lastSentence(text) })
    : null
}

function explainNotFound(text: string): Failure | null {
  const pip = /Could not find a version that satisfies the requirement (.+?) \(from versions: ([^)]*)\)/.exec(text)
  if (pip) return fail('environments/packageNotFound', toMissing(pip[1] as string, pip[2] as string))
  const bare = /No matching distribution found for (.+)/.exec(text)
  if (bare) return fail('environments/packageNotFound', { requirement: (bare[1] as string).trim(), detail: null })
  const uv =
    /Because ([\w.-]+) was not found/.exec(text) ?? /Because there (?:is|are) no versions? of ([\w.=<>!~-]+)/.exec(text)
  return uv ? fail('environments/packageNotFound', { requirement: uv[1] as string, detail: null }) : null
}

function toMissing(requirement: string, versions: string): { requirement: string; detail: string | null } {
  const known = versions
    .split(',')
    .map((version) => version.trim())
    .filter((version) => version !== '' && version !== 'none')
  return {
    requirement: requirement.replace(/\s*\(from .*$/, ''),
    detail: known.length === 0 ? null : `the newest that fits is ${known.at(-1)}`,
  }
}

function explainBuild(text: string): Failure | null {
  const name =
    /Failed building wheel for (\S+)/.exec(text)?.[1] ??
    /Failed to build `?([\w.=-]+)`?/.exec(text)?.[1] ??
    (/metadata-generation-failed|subprocess-exited-with-error|Getting requirements to build wheel/.test(text)
      ? (/Collecting (\S+)(?![\s\S]*Collecting )/.exec(text)?.[1] ?? 'A package')
      : null)
  if (!name) return null
  const cause = [...text.matchAll(/^\s*((?:\w+\.)*\w*(?:Error|Exception): .+|error: (?!subprocess|metadata).+)$/gm)].at(
    -1,
  )?.[1]
  const printed = /\[\d+ lines of output\]\n\s*(.+)/.exec(text)?.[1]
  return fail('environments/buildFailed', {
    requirement: name,
    detail: (cause ?? printed ?? lastSentence(text)).slice(0, 300),
  })
}

/** The last line that says something. */
function lastSentence(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const error = lines.filter((line) => /^(error|ERROR)\b/i.test(line)).at(-1)
  const said = error ?? lines.filter((line) => line !== '' && !line.startsWith('note:')).at(-1) ?? 'it gave no reason'
  return said.replace(/^(error|ERROR):\s*/i, '').slice(0, 400)
}
